import { domainById } from '#book/xen/common/domain.ts';
import { Errno } from '#book/xen/common/errno.ts';
import { setPending } from '#book/xen/common/event.ts';
import type { Domain, Xen } from '#book/xen/common/xen.ts';
import { EINVAL } from '#book/xen/public/errno.ts';

/** Notify the other end of a port. */
export function sendEvent(xen: Xen, d: Domain, port: number): void {
}
