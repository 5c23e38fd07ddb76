/** Where members of [size, alignment] lie, and the struct's size. */
export function layOut(
  members: readonly (readonly [number, number])[],
): { offsets: number[]; size: number } {
  const up = (n: number, to: number) => Math.ceil(n / to) * to;
  const offsets: number[] = [];
  let end = 0;
  let widest = 1;
  for (const [size, align] of members) {
    const at = up(end, align);
    offsets.push(at);
    end = at + size;
    widest = Math.max(widest, align);
  }
  return { offsets, size: up(end, widest) };
}
