import { DOMCTL, DOMINF, decodeDomctl, DomctlGetdomaininfo }
  from '../../xen/public/domctl.ts';
import type { Kernel } from '../../xen/public/kernel.ts';
import { domctl } from '../builder/bench.ts';
import { serveConsole } from '../console/consoled.ts';
import {
  bindTo, closePort, mapGrant, unmapGrant,
} from '../kernel/calls.ts';
import { benchOf } from '../kernel/layout.ts';
import { type Dom0 } from '../kernel/state.ts';
import type { Task } from '../kernel/tasks.ts';
import { answer } from './create.ts';
import { type Guest, type Link } from './guest.ts';
import { ask } from '../xenstore/client.ts';
import { homeOf } from '../xenstore/path.ts';
import { openConnection } from '../xenstore/task.ts';
import { XS } from '../../xen/public/io/xs-wire.ts';
import { writeNodes } from './nodes.ts';

const STORE_REF = 1;

/** Grant reference 0 is always the console's page, 1 XenStore's. */
const CONSOLE_REF = 0;

export function connect(
  k: Kernel, s: Dom0, domid: number, ref: number, link: Link,
): void {
  link.page = s.nextPage;
  s.nextPage += 4096;
  link.handle = mapGrant(k, domid, ref, link.page);
  link.port = bindTo(k, domid, link.remotePort);
}

export function disconnect(k: Kernel, link: Link): void {
  closePort(k, link.port);
  unmapGrant(k, link.page, link.handle);
}

type Step = (k: Kernel, s: Dom0, g: Guest) => void;

const introduce: Step = (k, s, g) => {
  connect(k, s, g.domid, CONSOLE_REF, g.console);
  s.consoles.push({
    domid: g.domid, page: g.console.page, port: g.console.port,
    input: new Uint8Array(0), awake: true, broken: false,
  });
  connect(k, s, g.domid, STORE_REF, g.store);
  openConnection(k, s, g.domid, g.store.page, g.store.port);
  writeNodes(s.store, g);
  const { mfn, remotePort } = g.store;
  ask(s.store, 0, XS.INTRODUCE, `${g.domid}\0${mfn}\0${remotePort}\0`);
  g.step = 'start';
};

const start: Step = (k, _s, g) => {
  if (!g.paused) domctl(benchOf(k), DOMCTL.unpausedomain, g.domid);
  g.step = 'running';
  answer(k, { event: 'created', name: g.name, domid: g.domid });
};

const drain: Step = (k, s, g) => {
  const c = s.consoles.find(one => one.domid === g.domid);
  if (c && serveConsole(k, c)) return;
  g.step = 'destroy';
};

const destroy: Step = (k, s, g) => {
  ask(s.store, 0, XS.RELEASE, `${g.domid}\0`);
  for (const path of [homeOf(g.domid), `/vm/${g.uuid}`]) {
    ask(s.store, 0, XS.RM, `${path}\0`);
  }
  s.connections = s.connections.filter(c => c.domid !== g.domid);
  disconnect(k, g.store);
  s.consoles = s.consoles.filter(c => c.domid !== g.domid);
  disconnect(k, g.console);
  answer(k, { event: 'ended', domid: g.domid, reason: g.reason });
  domctl(benchOf(k), DOMCTL.destroydomain, g.domid);
  s.guests = s.guests.filter(other => other !== g);
};

const STEPS: Readonly<Partial<Record<Guest['step'], Step>>> = {
  introduce, start, draining: drain, destroy,
};

export const lifeTask: Task = (k, s) => {
  const g = s.guests.find(one => STEPS[one.step]);
  if (!g) return false;
  STEPS[g.step]?.(k, s, g);
  return true;
};

/** Finds the guests that have ended. */
export const exceptionTask: Task = (k, s) => {
  if (!s.ended) return false;
  s.ended = false;
  for (const g of s.guests.filter(one => one.step === 'running')) {
    const record = domctl(benchOf(k), DOMCTL.getdomaininfo, g.domid);
    const { flags } = decodeDomctl(record, DomctlGetdomaininfo);
    if (!(flags & (DOMINF.shutdown | DOMINF.dying))) continue;
    g.reason = flags >> DOMINF.shutdownshift & DOMINF.shutdownmask;
    g.step = 'draining';
  }
  return true;
};
