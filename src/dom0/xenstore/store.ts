import { parentOf, XsError } from './path.ts';
import { inherit, may, type Access, type Perm } from './perms.ts';
import { change, lookup, type Node } from './tree.ts';

/** A tree and what each domain owns in it. */
export interface View {
  root: Node;
  owned: Record<number, number>;
}

export interface Change {
  readonly op: 'write' | 'mkdir' | 'rm' | 'perms';
  readonly path: string;
  /** Who does it, for ownership of what it makes. */
  readonly domid: number;
  readonly value?: string;
  readonly perms?: readonly Perm[];
}

function plant(
  view: View, path: string, value: string, by: Change, stamp: number,
): void {
  const above = parentOf(path);
  if (!lookup(view.root, above)) plant(view, above, '', by, stamp);
  const parent = lookup(view.root, above)!;
  const perms = inherit(parent.perms, by.domid);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const node = { name, value, perms, generation: stamp, children: [] };
  count(view, node, 1);
  view.root = change(view.root, above, old => ({
    ...old, generation: stamp, children: [...old.children, node],
  }));
}

export function count(view: View, node: Node, by: 1 | -1): void {
  const owner = node.perms[0]?.domid ?? 0;
  view.owned[owner] = (view.owned[owner] ?? 0) + by;
  for (const child of node.children) count(view, child, by);
}

function uproot(view: View, path: string, stamp: number): void {
  const node = lookup(view.root, path);
  if (!node) return;
  count(view, node, -1);
  view.root = change(view.root, parentOf(path), old => ({
    ...old, generation: stamp,
    children: old.children.filter(child => child !== node),
  }));
}

/** Performs a change on a view; `stamp` is its generation. */
export function apply(view: View, by: Change, stamp: number): void {
  const { op, path, value = '', perms = [] } = by;
  const node = lookup(view.root, path);
  if (op === 'rm') return uproot(view, path, stamp);
  if (!node) return plant(view, path, value, by, stamp);
  if (op === 'mkdir') return;
  if (op === 'perms') count(view, { ...node, children: [] }, -1);
  view.root = change(view.root, path, old => ({
    ...old, generation: stamp,
    ...(op === 'perms' ? { perms } : { value }),
  }));
  const fresh = lookup(view.root, path)!;
  if (op === 'perms') count(view, { ...fresh, children: [] }, 1);
}

/** The node, if `domid` may; otherwise what it may be told. */
export function permitted(
  root: Node, path: string, domid: number, access: Access,
): Node {
  const asked = nearest(root, path).perms;
  if (!may(asked, domid, access)) throw new XsError('EACCES');
  const node = lookup(root, path);
  if (!node) throw new XsError('ENOENT');
  return node;
}

/** The node, or the first above it that exists. */
export function nearest(root: Node, path: string): Node {
  return lookup(root, path) ?? nearest(root, parentOf(path));
}
