import { namesOf } from './path.ts';
import { withoutDomain, type Perm } from './perms.ts';

/** A node of the store. Nothing in it is ever modified. */
export interface Node {
  readonly name: string;
  /** Bytes, one to a character: a value need not be text. */
  readonly value: string;
  readonly perms: readonly Perm[];
  /** Another number after each change of the node itself. */
  readonly generation: number;
  readonly children: readonly Node[];
}

export function lookup(root: Node, path: string): Node | undefined {
  let node: Node | undefined = root;
  for (const name of namesOf(path)) {
    node = node?.children.find(child => child.name === name);
  }
  return node;
}

/** The tree with the node at `path`, which exists, replaced. */
export function change(
  root: Node, path: string, edit: (node: Node) => Node,
): Node {
  const walk = (node: Node, [name, ...rest]: string[]): Node => {
    if (name === undefined) return edit(node);
    const children = node.children.map(child =>
      (child.name === name ? walk(child, rest) : child));
    return { ...node, children };
  };
  return walk(root, namesOf(path));
}

/** The tree without a domain's permissions. */
export function without(node: Node, domid: number): Node {
  const children = node.children.map(c => without(c, domid));
  const same = children.every((c, i) => c === node.children[i]);
  const listed = node.perms.some(perm => perm.domid === domid);
  if (!listed && same) return node;
  const perms = withoutDomain(node.perms, domid);
  return { ...node, perms, children };
}
