import type { Access, Perm } from '#book/dom0/xenstore/perms.ts';

/** Whether a domain may read or write a node with this list. */
export function may(
  perms: readonly Perm[], domid: number, access: Access,
): boolean {
  return false;
}
