import { decode } from '#book/x86/decode.ts';
import type { Shapes } from '#book/x86/fast/shapes.ts';

/** How often each shape occurs in code, by the shape's number. */
export function census(
  code: Uint8Array, shapes: Shapes,
): Map<number, number> {
  return new Map();
}
