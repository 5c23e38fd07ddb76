import { type Asked, faultCode, type Walk } from '#book/x86/paging.ts';

/** As `faultCode`, for a processor that knows NX. */
export function faultCodeNx(
  walk: Walk, asked: Asked & { fetch: boolean }, wp: boolean,
  nxe: boolean,
): number | undefined {
  const marked = walk.visits.some(({ level, low, high }) =>
    level < 3 && (low & 1) !== 0 && high >>> 31 === 1);
  const reserved = walk.reserved || (marked && !nxe);
  let code = faultCode({ ...walk, reserved }, asked, wp);
  if (code === undefined && marked && asked.fetch) {
    code = asked.user ? 5 : 1;
  }
  if (code === undefined) return undefined;
  return nxe && asked.fetch ? code | 16 : code;
}
