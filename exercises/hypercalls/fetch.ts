export const MOST = 64;
export const HOLE = 0xf580_0000;

/** A guest's memory, one byte at a time. */
export interface GuestBytes { read(at: number): number }

/** The record at `at` is two little-endian words: length and
 * address. Gives the message, or a negative error number: -22 if it
 * is too long, -14 if it lies in the hole. */
export function fetchMessage(
  memory: GuestBytes, at: number,
): Uint8Array | number {
  const word = (a: number) => (memory.read(a) | memory.read(a + 1) << 8
    | memory.read(a + 2) << 16 | memory.read(a + 3) << 24) >>> 0;
  if (word(at) > MOST) return -22;
  if (word(at + 4) + word(at) > HOLE) return -14;
  const from = word(at + 4);
  return Uint8Array.from(
    { length: word(at) }, (_, i) => memory.read(from + i));
}
