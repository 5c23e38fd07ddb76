import { XS } from '../../xen/public/io/xs-wire.ts';
import { canonical, parentOf, XsError } from './path.ts';
import { perform, reach, viewOf, type Session } from './session.ts';
import { count } from './store.ts';
import { lookup, without, type Node } from './tree.ts';
import { PAYLOAD_MAX } from '../../xen/public/io/xs-wire.ts';
import { homeOf } from './path.ts';
import { may, parsePerm, printPerm, type Perm } from './perms.ts';
import { forget } from './session.ts';
import { begin, check } from './transaction.ts';
import { eventFor, specialEvents, type Watch } from './watch.ts';

export type Command = (s: Session, payload: string) => string;

function oneArg(payload: string): string {
  if (payload.indexOf('\0') !== payload.length - 1) {
    throw new XsError('EINVAL');
  }
  return payload.slice(0, -1);
}

const OK = 'OK\0';

const read: Command = (s, payload) =>
  reach(s, canonical(oneArg(payload), s.domid), 'read').value;

const directory: Command = (s, payload) =>
  reach(s, canonical(oneArg(payload), s.domid), 'read')
    .children.map(child => `${child.name}\0`).join('');

/** Whether a node that `s` may write exists; false: may create. */
function open(s: Session, path: string): boolean {
  try {
    return Boolean(reach(s, path, 'write'));
  } catch (error) {
    const absent = error instanceof XsError && error.code === 'ENOENT';
    if (absent) return false;
    throw error;
  }
}

const write: Command = (s, payload) => {
  const zero = payload.indexOf('\0');
  if (zero < 0) throw new XsError('EINVAL');
  const path = canonical(payload.slice(0, zero), s.domid);
  const value = payload.slice(zero + 1);
  open(s, path);
  allow(s, path, value);
  perform(s, { op: 'write', path, domid: s.domid, value });
  return OK;
};

const NODES_MAX = 1000;
const ENTRY_MAX = 2048;

/** Stops a guest that fills dom0's memory with nodes. */
function allow(s: Session, path: string, value: string): void {
  if (s.domid === 0) return;
  const { root, owned } = viewOf(s);
  const fresh = missing(root, path);
  const many = fresh > 0 && (owned[s.domid] ?? 0) + fresh > NODES_MAX;
  if (many || value.length > ENTRY_MAX) throw new XsError('ENOSPC');
}

/** How many nodes a write to `path` would make. */
function missing(root: Node, path: string): number {
  return lookup(root, path) ? 0 : 1 + missing(root, parentOf(path));
}

function strings(payload: string): string[] {
  if (!payload.endsWith('\0')) throw new XsError('EINVAL');
  return payload.slice(0, -1).split('\0');
}

function fields(payload: string, least: number, most = least) {
  const all = strings(payload);
  if (all.length < least || all.length > most) {
    throw new XsError('EINVAL');
  }
  return all;
}

function numeric(text: string | undefined): number {
  const fine = text !== undefined && /^\d{1,10}$/.test(text);
  if (!fine) throw new XsError('EINVAL');
  return Number(text);
}
const mkdir: Command = (s, payload) => {
  const path = canonical(oneArg(payload), s.domid);
  if (open(s, path)) return OK;
  allow(s, path, '');
  perform(s, { op: 'mkdir', path, domid: s.domid });
  return OK;
};

const rm: Command = (s, payload) => {
  const path = canonical(oneArg(payload), s.domid);
  if (path === '/') throw new XsError('EINVAL');
  if (!open(s, path)) {
    const parent = lookup(viewOf(s).root, parentOf(path));
    if (!parent) throw new XsError('ENOENT');
    return OK;
  }
  perform(s, { op: 'rm', path, domid: s.domid });
  return OK;
};
type Special = 'introduce' | 'release';
const SPECIAL: Readonly<Record<string, Special>> = {
  '@introduceDomain': 'introduce', '@releaseDomain': 'release',
};
const special = (path: string): Special | undefined =>
  (path.startsWith('@') ? SPECIAL[path] : undefined);

const getPerms: Command = (s, payload) => {
  const path = oneArg(payload);
  const name = special(path);
  if (name && s.domid !== 0) throw new XsError('EACCES');
  const perms = name ? s.store.specials[name]
    : reach(s, canonical(path, s.domid), 'read').perms;
  return perms.map(perm => `${printPerm(perm)}\0`).join('');
};
const PERMS_MAX = 5;

const setPerms: Command = (s, payload) => {
  const [path = '', ...list] = strings(payload);
  const perms = list.map(parsePerm);
  const owner = perms[0];
  if (!owner) throw new XsError('EINVAL');
  const name = special(path);
  if (name) return setSpecial(s, name, perms);
  const full = canonical(path, s.domid);
  const node = reach(s, full, 'read');
  if (s.domid !== 0) {
    const mine = node.perms[0]?.domid === s.domid;
    if (!mine) throw new XsError('EACCES');
    if (owner.domid !== s.domid) throw new XsError('EPERM');
    if (perms.length > PERMS_MAX) throw new XsError('ENOSPC');
  }
  perform(s, { op: 'perms', path: full, domid: s.domid, perms });
  return OK;
};

function setSpecial(s: Session, name: Special, perms: Perm[]): string {
  dom0Only(s);
  s.store.specials[name] = perms;
  return OK;
}
function dom0Only(s: Session): void {
  if (s.domid !== 0) throw new XsError('EACCES');
}
const directoryPart: Command = (s, payload) => {
  const [path = '', offset] = fields(payload, 2);
  const from = numeric(offset);
  const node = reach(s, canonical(path, s.domid), 'read');
  const list = node.children.map(c => `${c.name}\0`).join('');
  if (from > list.length) throw new XsError('EINVAL');
  const head = `${node.generation}\0`;
  const room = PAYLOAD_MAX - head.length - 1;
  const part = list.slice(from, from + room);
  const whole = part.slice(0, part.lastIndexOf('\0') + 1);
  const last = from + whole.length === list.length;
  return head + whole + (last ? '\0' : '');
};
const WATCHES_MAX = 128;

const watch: Command = (s, payload) => {
  const { store, domid } = s;
  const [given = '', token = '', depth] = fields(payload, 2, 3);
  const relative = !/^[/@]/.test(given);
  const path = special(given) ? given : canonical(given, domid);
  const same = store.watches.some(w =>
    w.domid === domid && w.path === path && w.token === token);
  if (same) throw new XsError('EEXIST');
  const mine = store.watches.filter(w => w.domid === domid).length;
  if (domid !== 0 && mine >= WATCHES_MAX) throw new XsError('E2BIG');
  const made: Watch = {
    domid, path, token, relative,
    ...(depth === undefined ? {} : { depth: numeric(depth) }),
  };
  store.watches.push(made);
  store.events.push(eventFor(made, path));
  return OK;
};
const unwatch: Command = (s, payload) => {
  const [given = '', token] = fields(payload, 2);
  const path = special(given) ? given : canonical(given, s.domid);
  const { watches } = s.store;
  const at = watches.findIndex(w => w.domid === s.domid
    && w.path === path && w.token === token);
  if (at < 0) throw new XsError('ENOENT');
  watches.splice(at, 1);
  return OK;
};

const resetWatches: Command = (s, payload) => {
  oneArg(payload);
  forget(s.store, s.domid);
  return OK;
};
const TRANSACTIONS_MAX = 10;

const start: Command = (s, payload) => {
  const { store, domid, tx } = s;
  oneArg(payload);
  if (tx) throw new XsError('EBUSY');
  const mine = store.transactions.filter(t => t.domid === domid);
  if (domid !== 0 && mine.length >= TRANSACTIONS_MAX) {
    throw new XsError('ENOSPC');
  }
  const id = store.nextTransaction++;
  store.transactions.push(begin(id, domid, store.live));
  return `${id}\0`;
};
const end: Command = (s, payload) => {
  const { store, domid, tx } = s;
  const verdict = oneArg(payload);
  if (!tx) throw new XsError('ENOENT');
  if (!/^[TF]$/.test(verdict)) throw new XsError('EINVAL');
  store.transactions = store.transactions.filter(t => t !== tx);
  if (verdict === 'F') return OK;
  check(tx, store.live);
  const grown =
    (tx.view.owned[domid] ?? 0) - (tx.startOwned[domid] ?? 0);
  const owned = (store.live.owned[domid] ?? 0) + grown;
  if (domid !== 0 && grown > 0 && owned > NODES_MAX) {
    throw new XsError('ENOSPC');
  }
  for (const by of tx.changes) {
    perform({ store, domid, tx: undefined }, by);
  }
  return OK;
};
const introduce: Command = (s, payload) => {
  dom0Only(s);
  const { store } = s;
  const [domid = 0] = fields(payload, 3).map(numeric);
  if (store.introduced.includes(domid)) return OK;
  store.introduced.push(domid);
  announce(s, 'introduce');
  return OK;
};

function announce(s: Session, which: Special): void {
  const { watches, specials, events } = s.store;
  const name = which === 'introduce'
    ? '@introduceDomain' : '@releaseDomain';
  events.push(...specialEvents(watches, name, specials[which]));
}
const release: Command = (s, payload) => {
  dom0Only(s);
  const { store } = s;
  const domid = numeric(oneArg(payload));
  known(s, domid);
  store.introduced = store.introduced.filter(d => d !== domid);
  delete store.targets[domid];
  forget(store, domid);
  store.live.root = without(store.live.root, domid);
  store.live.owned = {};
  count(store.live, store.live.root, 1);
  announce(s, 'release');
  return OK;
};

function known(s: Session, domid: number): void {
  if (!s.store.introduced.includes(domid)) throw new XsError('ENOENT');
}
const domainPath: Command = (s, payload) =>
  `${homeOf(numeric(oneArg(payload)))}\0`;

const isIntroduced: Command = (s, payload) => {
  const domid = numeric(oneArg(payload));
  const yes = domid === 0 || s.store.introduced.includes(domid);
  return yes ? 'T\0' : 'F\0';
};

const resume: Command = (s, payload) => {
  dom0Only(s);
  known(s, numeric(oneArg(payload)));
  return OK;
};

const setTarget: Command = (s, payload) => {
  dom0Only(s);
  const [domid, target] = fields(payload, 2).map(numeric);
  known(s, domid!);
  known(s, target!);
  s.store.targets[domid!] = target!;
  return OK;
};
const control: Command = (s, payload) => {
  dom0Only(s);
  const [what] = strings(payload);
  if (what === 'help') return 'commands: help, quota\0';
  if (what !== 'quota') throw new XsError('EINVAL');
  return `nodes ${NODES_MAX}, bytes ${ENTRY_MAX}, `
    + `watches ${WATCHES_MAX}, transactions ${TRANSACTIONS_MAX}, `
    + `permissions ${PERMS_MAX}\0`;
};

const COMMANDS: Readonly<Record<number, Command>> = {
  [XS.READ]: read, [XS.DIRECTORY]: directory, [XS.WRITE]: write,
  [XS.CONTROL]: control, [XS.GET_PERMS]: getPerms, [XS.RM]: rm,
  [XS.WATCH]: watch, [XS.UNWATCH]: unwatch, [XS.MKDIR]: mkdir,
  [XS.TRANSACTION_START]: start, [XS.TRANSACTION_END]: end,
  [XS.INTRODUCE]: introduce, [XS.RELEASE]: release,
  [XS.GET_DOMAIN_PATH]: domainPath, [XS.SET_PERMS]: setPerms,
  [XS.IS_DOMAIN_INTRODUCED]: isIntroduced, [XS.RESUME]: resume,
  [XS.SET_TARGET]: setTarget, [XS.RESET_WATCHES]: resetWatches,
  [XS.DIRECTORY_PART]: directoryPart,
};

export function commandOf(type: number): Command {
  const command = COMMANDS[type];
  if (!command) throw new XsError('ENOSYS');
  return command;
}
