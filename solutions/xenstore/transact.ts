import { ask } from '#book/dom0/xenstore/client.ts';
import { XsError } from '#book/dom0/xenstore/path.ts';
import type { Store } from '#book/dom0/xenstore/session.ts';
import { XS } from '#book/xen/public/io/xs-wire.ts';

export function transact<T>(
  store: Store, domid: number, body: (tx: number) => T,
): T {
  for (let tries = 1; ; tries++) {
    const tx = parseInt(ask(store, domid, XS.TRANSACTION_START, '\0'));
    let result: T;
    try {
      result = body(tx);
    } catch (error) {
      ask(store, domid, XS.TRANSACTION_END, 'F\0', tx);
      throw error;
    }
    try {
      ask(store, domid, XS.TRANSACTION_END, 'T\0', tx);
      return result;
    } catch (error) {
      const again = error instanceof XsError && error.code === 'EAGAIN';
      if (!again || tries === 100) throw error;
    }
  }
}
