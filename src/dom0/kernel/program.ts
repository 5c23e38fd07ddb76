import { type Kernel, type Program } from '../../xen/public/kernel.ts';
import { VIRQ } from '../../xen/public/xen.ts';
import { TERMINAL, typeInto } from '../console/consoled.ts';
import { consoleTask } from '../console/task.ts';
import { requestTask } from '../toolstack/create.ts';
import { exceptionTask, lifeTask } from '../toolstack/life.ts';
import { bindVirq, mapSharedInfo } from './calls.ts';
import { pendingPorts } from './events.ts';
import { GRANTED, SHARED_INFO } from './layout.ts';
import { type Dom0 } from './state.ts';
import { runOne, type Task } from './tasks.ts';
import { emptyStore } from '../xenstore/init.ts';
import { storeTask } from '../xenstore/task.ts';

const terminalTask: Task = (k, s) => {
  const c = s.consoles.at(-1);
  const bytes = c && k.hostRead(TERMINAL);
  if (!c || !bytes?.length) return false;
  typeInto(c, bytes);
  return true;
};

const TASKS: readonly Task[] = [
  exceptionTask, lifeTask, consoleTask, terminalTask, requestTask,
  storeTask,
];

function init(k: Kernel): Dom0 {
  mapSharedInfo(k, SHARED_INFO);
  return {
    turn: 0, exceptions: bindVirq(k, VIRQ.DOM_EXC), ended: false,
    mail: new Uint8Array(0), nextPage: GRANTED,
    consoles: [], guests: [],
    store: emptyStore(), connections: [],
  };
}

/** Events become flags; then one task runs. */
function dispatch(k: Kernel, s: Dom0): boolean {
  for (const port of pendingPorts(k, SHARED_INFO)) {
    if (port === s.exceptions) s.ended = true;
    for (const c of s.consoles) if (c.port === port) c.awake = true;
    for (const c of s.connections) if (c.port === port) c.awake = true;
  }
  return runOne(k, s, TASKS);
}

export const dom0: Program<Dom0> = { init, dispatch };
