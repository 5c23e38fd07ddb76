import { XsError, parentOf } from './path.ts';
import { may, type Access, type Perm } from './perms.ts';
import {
  apply, nearest, permitted, type Change, type View,
} from './store.ts';
import { note, type Transaction } from './transaction.ts';
import { lookup, type Node } from './tree.ts';
import { eventsOf, type Watch, type WatchEvent } from './watch.ts';

/** Everything that xenstored knows; plain data. */
export interface Store {
  readonly live: View;
  generation: number;
  nextTransaction: number;
  watches: Watch[];
  transactions: Transaction[];
  /** What is to be told to clients, oldest first. */
  events: WatchEvent[];
  readonly specials: {
    introduce: readonly Perm[]; release: readonly Perm[];
  };
  introduced: number[];
  /** Domains that may do what another may: SET_TARGET. */
  readonly targets: Record<number, number>;
}

export interface Session {
  readonly store: Store;
  readonly domid: number;
  readonly tx: Transaction | undefined;
}

export function viewOf({ store, tx }: Session): View {
  return tx ? tx.view : store.live;
}

/** The node at `path`, checked and noted. */
export function reach(s: Session, path: string, access: Access): Node {
  const { root } = viewOf(s);
  for (let at = path; s.tx; at = parentOf(at)) {
    note(s.tx, at);
    if (lookup(root, at)) break;
  }
  const mine = may(nearest(root, path).perms, s.domid, access);
  const target = s.store.targets[s.domid];
  const who = mine ? s.domid : target ?? s.domid;
  return permitted(root, path, who, access);
}

export function perform(s: Session, by: Change): void {
  const { store, tx } = s;
  if (tx) {
    if (by.op === 'rm' || !lookup(tx.view.root, by.path)) {
      note(tx, parentOf(by.path));
    }
    tx.changes.push(by);
    apply(tx.view, by, ++store.generation);
    return;
  }
  const before = store.live.root;
  apply(store.live, by, ++store.generation);
  const after = store.live.root;
  store.events.push(...eventsOf(store.watches, by, before, after));
}

/** Drops the watches, transactions and events of a domain. */
export function forget(store: Store, domid: number): void {
  store.watches = store.watches.filter(w => w.domid !== domid);
  store.events = store.events.filter(e => e.domid !== domid);
  store.transactions =
    store.transactions.filter(t => t.domid !== domid);
}
