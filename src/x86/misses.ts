import { SYS_READ, Tlb } from './tlb.ts';

/** What remembers pages: our buffer, or a better one. */
export interface Remembers {
  lookup(la: number, right: number): number;
  fill(la: number, frame: number, rights: number): void;
}

/** How many of these addresses a buffer does not know. */
export function missesOf(
  tlb: Remembers, all: Iterable<number>,
): number {
  let misses = 0;
  for (const la of all) {
    if (tlb.lookup(la, SYS_READ) >= 0) continue;
    tlb.fill(la, (la & 0xffff_f000) >>> 0, SYS_READ);
    misses++;
  }
  return misses;
}

const KIB = 1024;
export const MIB = 1024 * KIB;

/** Copies 64 KiB, by 64 bytes, to a place `by` bytes above. */
export function* copy(by: number): Generator<number> {
  for (let at = 0x0800_0000; at < 0x0801_0000; at += 64) {
    yield at;
    yield at + by;
  }
}

const pages = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, n) => from + n * 4 * KIB);

/** Pages here and there in so many bytes from `from` on. */
const strewn = (from: number, bytes: number, count: number): number[] =>
  pages(0, count).map((at) => from + (at * 40503) % bytes);

/** A hundred system calls: what a program uses, then its kernel. */
export function* calls(): Generator<number> {
  const all = [
    ...pages(0x0804_c000, 24), ...pages(0x4010_0000, 16),
    ...pages(0xbfff_c000, 3), ...pages(0xc030_0000, 40),
    ...strewn(0xc000_0000, 16 * MIB, 120),
  ];
  for (let n = 0; n < 100; n++) yield* all;
}

/** Ten times over 1,500 pages in 32 MiB. */
export function* tree(): Generator<number> {
  const all = strewn(0x0a00_0000, 32 * MIB, 1500);
  for (let n = 0; n < 10; n++) yield* all;
}

const rows: Record<string, () => Iterable<number>> = {
  'copy, 4 MiB up': () => copy(4 * MIB),
  'copy, 5 MiB up': () => copy(5 * MIB),
  'copy, 32 MiB up': () => copy(32 * MIB),
  'system calls': calls, 'a large tree': tree,
};

if (process.argv[1]?.endsWith('misses.ts')) {
  const sizes = [256, 1024, 4096, 8192];
  const print = (name: string, cells: (string | number)[]): void =>
    console.log(name.padEnd(16)
      + cells.map((cell) => String(cell).padStart(8)).join(''));
  print('', ['asked', ...sizes]);
  for (const [name, make] of Object.entries(rows)) {
    const misses = sizes.map((n) => missesOf(new Tlb(n), make()));
    print(name, [[...make()].length, ...misses]);
  }
}
