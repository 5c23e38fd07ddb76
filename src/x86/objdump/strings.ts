import { covers } from '../decode.ts';
import type { Row } from '../opcodes.ts';

/** The next random integer from 0 up to, not including, n. */
export type Random = (n: number) => number;

/** A generator that gives the same numbers for the same seed. */
export function seeded(seed: number): Random {
  let s = seed | 0;
  return n => {
    s = s + 0x6d2b79f5 | 0;
    let t = Math.imul(s ^ s >>> 15, 1 | s);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return Math.floor(((t ^ t >>> 14) >>> 0) / 2 ** 32 * n);
  };
}

const any = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x66, 0x66,
  0x67, 0x67, 0x67, 0xf0, 0xf2, 0xf3];
const mandatory = [[], [0x66], [0xf3], [0xf2]];

function prefixesFor(row: Row, random: Random): number[] {
  const count = [0, 0, 0, 1, 1, 1, 2, 3][random(8)] ?? 0;
  const free = Array.from({ length: count },
    () => any[random(any.length)] ?? 0x66);
  return [...free, ...mandatory[row.prefix] ?? []];
}

const edges = [0, 1, 0x7f, 0x80, 0xff];

/** Sixteen bytes that begin with an encoding of this row. */
export function stringFor(row: Row, random: Random): Uint8Array {
  const low = row.plus && row.exact < 0
    ? random(8 - (row.opcode & 7)) : 0;
  const head = [...prefixesFor(row, random),
    ...row.map ? [0x0f] : [], row.opcode + low];
  if (row.hasModRm) {
    let modrm = random(256);
    while (!covers(row, modrm)) modrm = random(256);
    head.push(modrm);
  }
  const bytes = Uint8Array.from({ length: 16 }, () =>
    random(4) === 0 ? edges[random(5)] ?? 0 : random(256));
  bytes.set(head.slice(0, 16));
  return bytes;
}
