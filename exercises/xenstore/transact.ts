import { ask } from '#book/dom0/xenstore/client.ts';
import { XsError } from '#book/dom0/xenstore/path.ts';
import type { Store } from '#book/dom0/xenstore/session.ts';
import { XS } from '#book/xen/public/io/xs-wire.ts';

/** Runs `body` in a transaction until it commits; its result. */
export function transact<T>(
  store: Store, domid: number, body: (tx: number) => T,
): T {
  const tx = parseInt(ask(store, domid, XS.TRANSACTION_START, '\0'));
  return body(tx);
}
