import { decode } from '#book/x86/decode.ts';

/** The address after the instruction, or none beyond the end. */
function after(code: Uint8Array, at: number): number | undefined {
  const { length } = decode(i => code[at + i] ?? 0, 32);
  return at + length > code.length ? undefined : at + length;
}

/** The first address at which both readings stand, if any. */
export function meeting(
  code: Uint8Array, a: number, b: number,
): number | undefined {
  while (a !== b) {
    const next = after(code, Math.min(a, b));
    if (next === undefined) return undefined;
    if (a < b) a = next;
    else b = next;
  }
  return a < code.length ? a : undefined;
}

/** Average distance from a skipped address to the meeting. */
export function stray(code: Uint8Array): number {
  const starts = new Set<number>();
  for (let at: number | undefined = 0; at !== undefined
    && at < code.length; at = after(code, at)) starts.add(at);
  const distances: number[] = [];
  for (let at = 0; at < code.length; at++) {
    if (starts.has(at)) continue;
    const met = meeting(code, 0, at);
    if (met !== undefined) distances.push(met - at);
  }
  const sum = distances.reduce((s, d) => s + d, 0);
  return distances.length === 0 ? 0 : sum / distances.length;
}
