import { XsError } from './path.ts';

/** An entry of a node's list: what one domain may do. */
export interface Perm {
  readonly domid: number;
  readonly read: boolean;
  readonly write: boolean;
}
export type Access = 'read' | 'write';

const LETTERS = ['n', 'r', 'w', 'b'];

export function parsePerm(text: string): Perm {
  const bits = LETTERS.indexOf(text.charAt(0));
  const domid = Number(text.slice(1));
  const fine = bits >= 0 && /^.\d{1,5}$/.test(text) && domid < 0x7ff0;
  if (!fine) throw new XsError('EINVAL');
  return { domid, read: (bits & 1) !== 0, write: (bits & 2) !== 0 };
}

export function printPerm(perm: Perm): string {
  const bits = Number(perm.read) + 2 * Number(perm.write);
  return `${LETTERS[bits]}${perm.domid}`;
}

/** Xen: perm_for_conn. */
export function may(
  perms: readonly Perm[], domid: number, access: Access,
): boolean {
  const [owner, ...others] = perms;
  if (domid === 0 || owner?.domid === domid) return true;
  const entry = others.find(perm => perm.domid === domid) ?? owner;
  return entry?.[access] ?? false;
}

/** The list of a node made by `domid` below one with `perms`. */
export function inherit(
  perms: readonly Perm[], domid: number,
): readonly Perm[] {
  const [owner, ...others] = perms;
  if (domid === 0 || !owner) return perms;
  return [{ ...owner, domid }, ...others];
}

/** A list with a domain's entries cut out. */
export function withoutDomain(
  perms: readonly Perm[], domid: number,
): readonly Perm[] {
  const [owner, ...others] = perms;
  const kept = others.filter(perm => perm.domid !== domid);
  if (owner?.domid !== domid) return owner ? [owner, ...kept] : kept;
  return [{ domid: 0, read: false, write: false }, ...kept];
}
