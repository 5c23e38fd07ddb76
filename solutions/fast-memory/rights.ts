const W = 2, U = 4, D = 8, G = 16, WP = 1, PGE = 32;

/** The answer for an index whose bits are named above. */
function answer(index: number): number {
  const has = (bits: number): boolean => (index & bits) === bits;
  let rights = 1;
  if ((has(W) || !has(WP)) && has(D)) rights |= 2;
  if (has(U)) rights |= 4;
  if (has(U | W | D)) rights |= 8;
  if (has(G | PGE)) rights |= 16;
  return rights;
}
const ANSWERS = Uint8Array.from({ length: 64 }, (_, n) => answer(n));

/** What a page of 4 KiB lets pass; `all` is what both entries have. */
export function simpleRights(
  all: number, pte: number, wp: boolean, cr4: number,
): number {
  const index = (all & 6) | (pte >>> 3 & D) | (pte >>> 4 & G)
    | (wp ? WP : 0) | (cr4 >>> 2 & PGE);
  return ANSWERS[index] ?? 0;
}
