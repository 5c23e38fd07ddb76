export type Need = 'nothing' | 'page' | 'writable' | 'refuse';

const FRAME = 0x000f_ffff_ffff_f000n;
const ALLOWED = FRAME | 0xf67n;

export function needOf(entry: bigint): Need {
  if ((entry & 1n) === 0n) return 'nothing';
  if (entry & ~ALLOWED) return 'refuse';
  return entry & 2n ? 'writable' : 'page';
}
