import { XsError } from './path.ts';
import { type Change, type View } from './store.ts';
import { lookup, type Node } from './tree.ts';

export interface Transaction {
  readonly id: number;
  readonly domid: number;
  /** The store as it was: with an unchanging tree, its root. */
  readonly base: Node;
  /** The store as this transaction sees it. */
  readonly view: View;
  readonly changes: Change[];
  /** Paths looked at; their generation in `base`, 0 for none. */
  readonly seen: Record<string, number>;
  readonly startOwned: Readonly<Record<number, number>>;
}

export function begin(
  id: number, domid: number, live: View,
): Transaction {
  const view = { root: live.root, owned: { ...live.owned } };
  const base = live.root;
  const startOwned = { ...live.owned };
  return {
    id, domid, base, view, startOwned, changes: [], seen: {},
  };
}

/** Notes that the outcome depends on the node at `path`. */
export function note(tx: Transaction, path: string): void {
  tx.seen[path] = lookup(tx.base, path)?.generation ?? 0;
}

/** Throws EAGAIN if what the transaction saw has changed. */
export function check(tx: Transaction, live: View): void {
  for (const [path, generation] of Object.entries(tx.seen)) {
    const now = lookup(live.root, path)?.generation ?? 0;
    if (now !== generation) throw new XsError('EAGAIN');
  }
}
