import {
  putBytes, takeBytes, type RingMemory,
} from '../../xen/public/io/byte-ring.ts';
import {
  answerRing, BAD_MESSAGE, CONNECTION, decode, encode, ERROR, HEADER,
  PAYLOAD_MAX, requestRing, RING_LIES, XS,
} from '../../xen/public/io/xs-wire.ts';
import { execute } from './execute.ts';
import { forget, type Store } from './session.ts';
import type { WatchEvent } from './watch.ts';

/** One guest's connection; plain data. */
export interface Connection {
  readonly domid: number;
  /** Where its page lies in our memory; our end of its channel. */
  readonly page: number;
  readonly port: number;
  inbox: Uint8Array;
  outbox: Uint8Array;
  events: WatchEvent[];
  broken: boolean;
  /** Something has happened: worth a look. */
  awake: boolean;
}

function hangUp(m: RingMemory, c: Connection, why: number): boolean {
  Object.assign(c, {
    broken: true, events: [],
    inbox: new Uint8Array(0), outbox: new Uint8Array(0),
  });
  m.write32(c.page + ERROR, why);
  return true;
}

/** Moves what waits into the ring; whether anything moved. */
function send(m: RingMemory, c: Connection): boolean {
  const event = c.events[0];
  if (!c.outbox.length && event) {
    c.events = c.events.slice(1);
    const payload = `${event.path}\0${event.token}\0`;
    c.outbox = encode({ type: XS.WATCH_EVENT, req: 0, tx: 0, payload });
  }
  if (!c.outbox.length) return false;
  const count = putBytes(m, answerRing(c.page), c.outbox);
  if (count === undefined) return hangUp(m, c, RING_LIES);
  c.outbox = c.outbox.slice(count);
  return count > 0;
}

/** Takes bytes, and answers a request once it is complete. */
function receive(m: RingMemory, store: Store, c: Connection): boolean {
  const want = HEADER + PAYLOAD_MAX - c.inbox.length;
  const bytes = takeBytes(m, requestRing(c.page), want);
  if (!bytes) return hangUp(m, c, RING_LIES);
  c.inbox = joined(c.inbox, bytes);
  const message = decode(c.inbox);
  if (message === 'broken') return hangUp(m, c, BAD_MESSAGE);
  if (message === 'incomplete') return bytes.length > 0;
  c.inbox = c.inbox.slice(HEADER + message.payload.length);
  c.outbox = encode(execute(store, c.domid, message));
  return true;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** One step; true: something moved, notify and come again. */
export function serve(
  m: RingMemory, store: Store, c: Connection,
): boolean {
  if (c.broken) return false;
  if (c.outbox.length || c.events.length) return send(m, c);
  return receive(m, store, c);
}

/** Queues an event; one that is waiting already is not doubled. */
export function deliver(c: Connection, event: WatchEvent): void {
  const { path, token } = event;
  const twin = c.events.some(e => e.path === path && e.token === token);
  if (!c.broken && !twin) c.events.push(event);
  c.awake = true;
}

const RECONNECT = 1;

/** Starts afresh if the guest asks for it. Xen: xenstore-ring.txt. */
export function reconnect(
  m: RingMemory, store: Store, c: Connection,
): boolean {
  if (m.read32(c.page + CONNECTION) !== RECONNECT) return false;
  forget(store, c.domid);
  Object.assign(c, {
    broken: false, events: [],
    inbox: new Uint8Array(0), outbox: new Uint8Array(0),
  });
  for (const ring of [requestRing(c.page), answerRing(c.page)]) {
    m.write32(ring.cons, 0);
    m.write32(ring.prod, 0);
  }
  m.write32(c.page + ERROR, 0);
  m.write32(c.page + CONNECTION, 0);
  return true;
}
