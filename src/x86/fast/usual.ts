import { covers } from '../decode.ts';
import { type Row, table } from '../opcodes.ts';

/** What compilers write with every kind of operand; with every kind
 * that is only read; and with simple ones. */
const OFTEN = 'mov lea movzx movsx add cmp';
const READING = 'or and sub xor imul';
const SOMETIMES = 'test inc dec neg not adc sbb shl shr sar rol mul div'
  + ' idiv push pop call jmp ret leave nop cdq cwde movs stos xchg cld'
  + ' shld shrd bt';
/** What kernels can't do without. */
const KERNELS = 'cli sti hlt in out int iret pusha popa pushf popf'
  + ' lgdt lidt invlpg';
const KNOWN = `${OFTEN} ${READING} ${SOMETIMES} ${KERNELS}`;
const CONDITIONS = /^(j|set|cmov)(?!mp)/;

/** ModRM and SIB for a register, and for memory as simple operands and
 * arrays name it. */
const SIMPLE = [
  [0xc0], [0xc4], [0x00], [0x05], [0x40], [0x45], [0x80], [0x85],
  [0x04, 0x24], [0x44, 0x24], [0x84, 0x24],
];
const ARRAYS = [0, 1, 2, 3].flatMap((scale) => {
  const sib = scale << 6;
  return [
    [0x04, sib], [0x04, sib | 5], [0x44, sib], [0x44, sib | 5],
    [0x44, sib | 4], [0x84, sib],
  ];
});

const has = (names: string, row: Row): boolean =>
  names.split(' ').includes(row.mnemonic);

function formsOf(row: Row): readonly (readonly number[])[] {
  const { operands: [to], operands } = row;
  if (operands.some(({ cls }) => cls !== 'gpr')) return [[0xc0]];
  const any = has(OFTEN, row) || row.text.startsWith('ff/')
    || has(READING, row) && to?.method === 'G';
  return any ? [...SIMPLE, ...ARRAYS] : SIMPLE;
}

/** Numbers that a meaning asks for: by how much is shifted. */
function numbersOf(row: Row): readonly number[] {
  const counts = row.map === 0 && row.opcode === 0xc1
    || row.text.startsWith('0fa4') || row.text.startsWith('0fac');
  return counts ? Array.from({ length: 31 }, (_, n) => n + 1) : [];
}

/** What follows the opcode. */
function* operandsOf(row: Row): Generator<number[]> {
  if (!row.hasModRm) return yield [];
  for (const [form = 0, ...sib] of formsOf(row)) {
    for (const digit of row.digits || '0') {
      const modrm = form | Number(digit) << 3;
      if (!covers(row, modrm)) continue;
      yield [modrm, ...sib];
      if (form !== 0xc0) continue;
      for (const count of numbersOf(row)) yield [modrm, count];
    }
  }
}

function* samplesOf(row: Row): Generator<number[]> {
  const map = row.map === 0 ? [] : [0x0f];
  const last = row.plus && row.exact < 0 ? 7 : 0;
  for (let n = 0; n <= last; n++) {
    for (const rest of operandsOf(row)) {
      yield [...map, row.opcode + n, ...rest];
    }
  }
}

/** Whether it is usual with words of 16 bits, or as longer padding. */
const isNarrow = (row: Row): boolean => has('nop', row)
  || has(OFTEN, row) && row.operands.some(({ type }) =>
    type === 'v' || type === 'z');

/** Beginnings of the instructions that programs use most: as many
 * bytes as tell them apart. */
export function* usual(): Generator<readonly number[]> {
  for (const row of table) {
    const known = has(KNOWN, row) || CONDITIONS.test(row.mnemonic);
    if (!known || row.feature !== 'integer') continue;
    if (row.exact >= 0 || row.prefix > 0) continue;
    for (const sample of samplesOf(row)) {
      yield sample;
      if (row.flags.includes('rep')) yield [0xf3, ...sample];
      if (isNarrow(row)) yield [0x66, ...sample];
    }
  }
}
