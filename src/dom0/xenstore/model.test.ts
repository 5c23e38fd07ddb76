import fc from 'fast-check';
import { expect, test } from 'vitest';
import { XS } from '../../xen/public/io/xs-wire.ts';
import { ask } from './client.ts';
import { emptyStore } from './init.ts';
import type { Store } from './session.ts';

type Model = Map<string, string>;
interface Request { type: number; path: string; value: string }

const parent = (path: string): string =>
  path.slice(0, path.lastIndexOf('/'));
const inside = (path: string, top: string): boolean =>
  path === top || path.startsWith(`${top}/`);

const name = fc.constantFrom('a', 'b', '__proto__');
const path = fc.array(name, { minLength: 1, maxLength: 3 })
  .map(names => `/t/${names.join('/')}`);
const request: fc.Arbitrary<Request> = fc.record({
  type: fc.constantFrom(
    XS.READ, XS.WRITE, XS.MKDIR, XS.RM, XS.DIRECTORY),
  path, value: fc.constantFrom('', '1', '2\0'),
});

function plant(m: Model, at: string, value: string): string {
  for (let p = parent(at); p && !m.has(p); p = parent(p)) m.set(p, '');
  m.set(at, value);
  return 'OK';
}

function modelAnswer(m: Model, r: Request): string {
  const { type, path: at, value } = r;
  if (type === XS.WRITE) return plant(m, at, value);
  if (type === XS.MKDIR) return m.has(at) ? 'OK' : plant(m, at, '');
  if (type === XS.RM) {
    if (!m.has(at)) return m.has(parent(at)) ? 'OK' : 'ENOENT';
    for (const p of [...m.keys()]) if (inside(p, at)) m.delete(p);
    return 'OK';
  }
  const found = m.get(at);
  if (found === undefined) return 'ENOENT';
  if (type === XS.READ) return found;
  return [...m.keys()].filter(p => parent(p) === at)
    .map(p => p.slice(at.length + 1)).sort().join(',');
}

function storeAnswer(store: Store, r: Request, tx: number): string {
  const payload = r.type === XS.WRITE
    ? `${r.path}\0${r.value}` : `${r.path}\0`;
  try {
    const answer = ask(store, 0, r.type, payload, tx);
    if (r.type === XS.READ) return answer;
    if (r.type !== XS.DIRECTORY) return answer.slice(0, -1);
    return answer.split('\0').slice(0, -1).sort().join(',');
  } catch (error) {
    return (error as Error).message;
  }
}

const start = (store: Store): number =>
  parseInt(ask(store, 0, XS.TRANSACTION_START, '\0'));

test('the store answers as a map would', () => {
  fc.assert(fc.property(fc.array(request), requests => {
    const store = emptyStore();
    ask(store, 0, XS.MKDIR, '/t\0');
    const model: Model = new Map([['/t', '']]);
    for (const r of requests) {
      expect(storeAnswer(store, r, 0)).toBe(modelAnswer(model, r));
    }
  }), { numRuns: 500 });
});

interface Open { tx: number; map: Model; log: [Request, string][] }

function finish(store: Store, live: Model, open: Open): boolean {
  const again: Model = new Map(live);
  const same = open.log.every(([r, answer]) =>
    modelAnswer(again, r) === answer);
  try {
    ask(store, 0, XS.TRANSACTION_END, 'T\0', open.tx);
  } catch {
    return false;
  }
  expect(same).toBe(true);
  live.clear();
  for (const [p, value] of again) live.set(p, value);
  return true;
}

const step = fc.record({
  who: fc.nat(2), end: fc.integer({ min: 0, max: 4 }), request,
});

test('a transaction that commits has happened in one instant', () => {
  let committed = 0;
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), steps => {
    const store = emptyStore();
    ask(store, 0, XS.MKDIR, '/t\0');
    const live: Model = new Map([['/t', '']]);
    const open: (Open | undefined)[] = [];
    for (const { who, end, request: r } of steps) {
      if (who === 2) {
        expect(storeAnswer(store, r, 0)).toBe(modelAnswer(live, r));
        continue;
      }
      const t = open[who] ??=
        { tx: start(store), map: new Map(live), log: [] };
      const answer = storeAnswer(store, r, t.tx);
      expect(answer).toBe(modelAnswer(t.map, r));
      t.log.push([r, answer]);
      if (end > 0) continue;
      committed += Number(finish(store, live, t));
      open[who] = undefined;
    }
  }), { numRuns: 500 });
  expect(committed).toBeGreaterThan(100);
});
