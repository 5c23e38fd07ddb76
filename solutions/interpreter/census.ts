import { decode } from '#book/x86/decode.ts';
import type { Shapes } from '#book/x86/fast/shapes.ts';

/** How often each shape occurs in code, by the shape's number. */
export function census(
  code: Uint8Array, shapes: Shapes,
): Map<number, number> {
  const counts = new Map<number, number>();
  for (let at = 0; at < code.length;) {
    const { shape, length } = shapes.find(code, at) ?? shapes.learn(
      decode((n) => code[at + n] ?? 0, 32), code, at);
    counts.set(shape.id, (counts.get(shape.id) ?? 0) + 1);
    at += length;
  }
  return counts;
}
