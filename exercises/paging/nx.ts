import { type Asked, faultCode, type Walk } from '#book/x86/paging.ts';

/** As `faultCode`, for a processor that knows NX. The walk has not
 * looked at bit 63; bits 52-62 it has. (Bit 63 is bit 31 of `high`,
 * and what `&` leaves of that one is negative.) */
export function faultCodeNx(
  walk: Walk, asked: Asked & { fetch: boolean }, wp: boolean,
  nxe: boolean,
): number | undefined {
  return faultCode(walk, asked, wp);
}
