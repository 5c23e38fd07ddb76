/** The answers; which bit of the index means what is up to you. */
const ANSWERS = Uint8Array.from({ length: 64 }, () => 0);

/** What a page of 4 KiB lets pass; `all` is what both entries have. */
export function simpleRights(
  all: number, pte: number, wp: boolean, cr4: number,
): number {
  return ANSWERS[0] ?? 0;
}
