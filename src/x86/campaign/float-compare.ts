import { ARITHMETIC } from '../flags.ts';
import { hex } from './compare.ts';
import { type FloatCase, LOOSE } from './float-cases.ts';
import type { FloatOutcome } from './float-host.ts';

const REGISTERS = [
  'eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi',
];

/** Parts of the image: name, from, bytes. The opcode, the operand's
 * address and the selectors are not compared: current processors
 * keep them after exceptions only, or not at all. */
const PARTS: readonly (readonly [string, number, number])[] = [
  ['fcw', 0, 2], ['fsw', 2, 2], ['full', 4, 1], ['fip', 8, 4],
  ['mxcsr', 24, 4],
  ...Array.from({ length: 8 }, (_, i) =>
    [`st${i}`, 32 + 16 * i, 10] as const),
  ...Array.from({ length: 8 }, (_, i) =>
    [`xmm${i}`, 160 + 16 * i, 16] as const),
];

const slice = (bytes: Uint8Array, at: number, n: number): string =>
  [...bytes.subarray(at, at + n)].reverse()
    .map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Where a register's contents stand among all of its sign. */
function place(text: string): bigint {
  const bits = BigInt(`0x${text}`);
  return bits >> 64n << 63n | BigInt.asUintN(63, bits);
}

/** How far two registers are apart, in units of the last place. */
function distance(a: string, b: string): number {
  const [x, y] = [place(a), place(b)];
  const apart = x > y ? x - y : y - x;
  return apart > 1000n ? Infinity : Number(apart);
}

/** Units in which results of LOOSE may differ from the host's. */
const TOLERANCE = 4;

/** RCPPS and RSQRTPS promise 12 bits, and no two families of
 * processors agree about the others. */
const ESTIMATES = new Set(['rcpps', 'rcpss', 'rsqrtps', 'rsqrtss']);

const alike = (a: string, b: string): boolean =>
  [0, 8, 16, 24].every((at) => {
    const [x, y] = [a, b].map((text) =>
      parseInt(text.slice(at, at + 8), 16));
    return Math.abs((x ?? 0) - (y ?? 0)) < 0x2000 || flushed(x, y);
  });

/** Next to denormals one may be zero. SDM vol. 2B, RCPPS. */
const flushed = (x = 0, y = 0): boolean =>
  x % 2 ** 31 * (y % 2 ** 31) === 0
    && Math.abs(x - y) < 0x0100_0000;

function tolerated(
  test: FloatCase, name: string, a: string, b: string,
): boolean {
  if (ESTIMATES.has(test.insn.mnemonic)) {
    return name.startsWith('xmm') && alike(a, b);
  }
  if (!LOOSE.has(test.insn.mnemonic)) return false;
  if (name === 'fsw') {
    const free = 0x230; // C1, PE and UE
    return (parseInt(a, 16) & ~free) === (parseInt(b, 16) & ~free);
  }
  return name.startsWith('st') && distance(a, b) <= TOLERANCE;
}

/** Whether no exception is pending. */
export const isQuiet = ({ after }: FloatOutcome): boolean =>
  ((after.image[2] ?? 0) & 0x80) === 0;

/** Whether the image says nothing of where the last instruction was.
 * AMD APM vol. 5, FXSAVE. */
export const hasNoPointer = ({ after }: FloatOutcome): boolean =>
  slice(after.image, 8, 4) === '00000000';

/** Whether MXCSR has bits that we would not let in. AMD APM vol. 1,
 * 4.2.2 (MM). */
const knowsMore = ({ after: { image } }: FloatOutcome): boolean =>
  slice(image, 26, 2) !== '0000';

/** Registers but ESP, and the flags. */
const wordsIn = ({ after }: FloatOutcome): [string, string][] => [
  ...REGISTERS.map((name, n): [string, string] =>
    [name, hex(after.regs[n] ?? 0)]).filter(([name]) => name !== 'esp'),
  ['eflags', hex(after.eflags & ARITHMETIC)],
];

/** Says what differs between two outcomes; '' if nothing does.
 * @param hides whether the host hides addresses of instructions */
export function floatDifferences(
  test: FloatCase, ours: FloatOutcome, host: FloatOutcome,
  hides: boolean,
): string {
  const more = ours.trap === 13 && host.trap === 1 && knowsMore(host);
  if (more) return '';
  if (ours.trap !== host.trap) {
    return `trap ${ours.trap}, host ${host.trap}`;
  }
  const found: string[] = [];
  const hidden = hides && isQuiet(host) && hasNoPointer(host);
  const compare = (name: string, a: string, b: string): void => {
    if (a === b || tolerated(test, name, a, b)) return;
    found.push(`${name} ${a}, host ${b}`);
  };
  const [mine, theirs] = [wordsIn(ours), wordsIn(host)];
  mine.forEach(([name, a], n) =>
    compare(name, a, theirs[n]?.[1] ?? ''));
  for (const [name, at, n] of PARTS) {
    if (hidden && name === 'fip') continue;
    compare(name, slice(ours.after.image, at, n),
      slice(host.after.image, at, n));
  }
  ours.after.memory.forEach((byte, n) =>
    compare(`memory+${hex(n)}`, hex(byte),
      hex(host.after.memory[n] ?? 0)));
  return found.join('; ');
}
