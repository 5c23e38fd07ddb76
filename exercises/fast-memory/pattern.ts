import { Words } from '#book/machine/wasm/words.ts';

/** `pattern(at, value, count, size)`: from address `at` on, memory is
 * filled with so many elements; `size` is how often 1 is doubled: 1 or
 * 2, for 2 or 4 bytes. It has no result. */
export function pattern(): Words {
  return new Words(4);
}
