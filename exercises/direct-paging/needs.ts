export type Need = 'nothing' | 'page' | 'writable' | 'refuse';

/** What an L1 entry of a PAE guest without devices needs. It may
 * set P, RW, US, A, D, G and the three bits for the system. */
export function needOf(entry: bigint): Need {
  return (entry & 1n) === 0n ? 'nothing' : 'page';
}
