import { CONNECTION, FEATURES } from '../../xen/public/io/xs-wire.ts';
import type { Kernel } from '../../xen/public/kernel.ts';
import { notify } from '../kernel/calls.ts';
import type { Dom0 } from '../kernel/state.ts';
import type { Task } from '../kernel/tasks.ts';
import { deliver, reconnect, serve } from './connection.ts';

function distribute(s: Dom0): void {
  const { events } = s.store;
  s.store.events = [];
  for (const event of events) {
    const c = s.connections.find(one => one.domid === event.domid);
    if (c) deliver(c, event);
  }
}

export const storeTask: Task = (k, s) => {
  if (s.store.events.length) {
    distribute(s);
    return true;
  }
  const c = s.connections.find(one => one.awake);
  if (!c) return false;
  s.connections = [...s.connections.filter(one => one !== c), c];
  c.awake = reconnect(k, s.store, c) || serve(k, s.store, c);
  if (c.awake) notify(k, c.port);
  return true;
};

const RECONNECTION = 1;
const ERROR_WORD = 2;

/** Opens the connection of a guest whose page is mapped. */
export function openConnection(
  k: Kernel, s: Dom0, domid: number, page: number, port: number,
): void {
  k.write32(page + FEATURES, RECONNECTION | ERROR_WORD);
  s.connections.push({
    domid, page, port, inbox: new Uint8Array(0),
    outbox: new Uint8Array(0), events: [], broken: false, awake: true,
  });
}
