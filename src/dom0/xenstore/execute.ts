import {
  type Message, PAYLOAD_MAX, XS,
} from '../../xen/public/io/xs-wire.ts';
import { commandOf } from './commands.ts';
import { XsError } from './path.ts';
import { type Session, type Store } from './session.ts';

/** Answers one request of domain `domid`. */
export function execute(
  store: Store, domid: number, request: Message,
): Message {
  const { type, req, tx } = request;
  try {
    const s = openSession(store, domid, request);
    const payload = commandOf(type)(s, request.payload);
    if (payload.length > PAYLOAD_MAX) throw new XsError('E2BIG');
    return { type, req, tx, payload };
  } catch (error) {
    if (!(error instanceof XsError)) throw error;
    return { type: XS.ERROR, req, tx, payload: `${error.code}\0` };
  }
}

const WITHOUT: readonly number[] = [XS.WATCH, XS.UNWATCH];

function openSession(
  store: Store, domid: number, { type, tx: id }: Message,
): Session {
  if (id === 0 || WITHOUT.includes(type)) {
    return { store, domid, tx: undefined };
  }
  const tx = store.transactions
    .find(t => t.id === id && t.domid === domid);
  if (!tx) throw new XsError('ENOENT');
  return { store, domid, tx };
}
