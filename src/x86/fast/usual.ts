import { type Row, table } from '../opcodes.ts';

/** What compilers write with every kind of operand, and what they write
 * with simple ones. */
const OFTEN = 'mov lea movzx movsx add cmp';
const SOMETIMES = 'or and sub xor test imul inc dec neg not adc sbb'
  + ' shl shr sar rol mul div idiv push pop call jmp ret leave nop'
  + ' cdq cwde movs stos xchg cld shld shrd bt';
const CONDITIONS = /^(j|set|cmov)(?!mp)/;

/** ModRM and SIB for a register, and for memory as simple operands and
 * arrays name it. */
const SIMPLE = [
  [0xc0], [0x00], [0x05], [0x40], [0x45], [0x80], [0x85],
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
  if (!row.hasModRm) return [[]];
  if (has(OFTEN, row)) return [...SIMPLE, ...ARRAYS];
  return row.text.startsWith('ff/') ? [...SIMPLE, ...ARRAYS] : SIMPLE;
}

/** Numbers that a meaning asks for: by how much is shifted. */
function numbersOf(row: Row): readonly number[] {
  const counts = row.map === 0 && row.opcode === 0xc1
    || row.text.startsWith('0fa4') || row.text.startsWith('0fac');
  return counts ? Array.from({ length: 31 }, (_, n) => n + 1) : [];
}

function* samplesOf(row: Row): Generator<number[]> {
  const map = row.map === 0 ? [] : [0x0f];
  const last = row.plus && row.exact < 0 ? 7 : 0;
  for (let n = 0; n <= last; n++) {
    const begin = [...map, row.opcode + n];
    for (const form of formsOf(row)) {
      const [modrm = 0, ...sib] = form;
      const digit = Number(row.digits.charAt(0) || 0);
      const head = form.length
        ? [...begin, modrm | digit << 3, ...sib] : begin;
      yield head;
      if (modrm !== 0xc0) continue;
      for (const count of numbersOf(row)) yield [...head, count];
    }
  }
}

/** Whether the row works on words of 16 bits with a prefix. */
const isWide = (row: Row): boolean =>
  row.operands.some(({ type }) => type === 'v' || type === 'z');

/** Beginnings of the instructions that programs use most: as many
 * bytes as tell them apart. */
export function* usual(): Generator<readonly number[]> {
  for (const row of table) {
    const known = has(OFTEN, row) || has(SOMETIMES, row)
      || CONDITIONS.test(row.mnemonic);
    if (!known || row.feature !== 'integer') continue;
    if (row.exact >= 0 || row.prefix > 0) continue;
    for (const sample of samplesOf(row)) {
      yield sample;
      if (row.flags.includes('rep')) yield [0xf3, ...sample];
      if (has(OFTEN, row) && isWide(row)) yield [0x66, ...sample];
    }
  }
}
