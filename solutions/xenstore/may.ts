import type { Access, Perm } from '#book/dom0/xenstore/perms.ts';

export function may(
  perms: readonly Perm[], domid: number, access: Access,
): boolean {
  if (domid === 0) return true;
  const [owner, ...others] = perms;
  if (!owner) return false;
  if (owner.domid === domid) return true;
  return (others.find(p => p.domid === domid) ?? owner)[access];
}
