import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type RingMemory, putBytes, takeBytes,
} from '../../xen/public/io/byte-ring.ts';
import {
  answerRing, ERROR, encode, requestRing, XS,
} from '../../xen/public/io/xs-wire.ts';
import { ask } from './client.ts';
import { type Connection, deliver, serve } from './connection.ts';
import { emptyStore } from './init.ts';
import type { Store } from './session.ts';

function pageMemory(): RingMemory {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  return {
    read32: at => view.getUint32(at, true),
    write32: (at, value) => view.setUint32(at, value, true),
    readBytes: (at, n) => bytes.slice(at, at + n),
    writeBytes: (at, data) => bytes.set(data, at),
  };
}

function connected(): { m: RingMemory; store: Store; c: Connection } {
  const store = emptyStore();
  ask(store, 0, XS.MKDIR, '/local/domain/1\0');
  ask(store, 0, XS.SET_PERMS, '/local/domain/1\0n1\0');
  const c: Connection = {
    domid: 1, page: 0, port: 1, events: [], broken: false, awake: true,
    inbox: new Uint8Array(0), outbox: new Uint8Array(0),
  };
  return { m: pageMemory(), store, c };
}

const requests = [
  encode({ type: XS.WRITE, req: 1, tx: 0, payload: 'a\0one' }),
  encode({ type: XS.READ, req: 2, tx: 0, payload: 'a\0' }),
  encode({ type: XS.DIRECTORY, req: 3, tx: 0, payload: 'none\0' }),
  encode({ type: 77, req: 4, tx: 0, payload: 'x'.repeat(4096) }),
].flatMap(bytes => [...bytes]);

function talk(cuts: readonly (readonly [number, number])[]): string {
  const { m, store, c } = connected();
  let left = Uint8Array.from(requests);
  let heard = '';
  for (let i = 0; i < 4000; i++) {
    const [send, hear] = cuts[i % cuts.length]!;
    const sent = putBytes(m, requestRing(0), left.subarray(0, send));
    left = left.slice(sent);
    serve(m, store, c);
    const bytes = takeBytes(m, answerRing(0), hear)!;
    heard += String.fromCharCode(...bytes);
  }
  expect(left.length).toBe(0);
  return heard;
}

test('answers do not depend on how the stream is cut', () => {
  const cut = fc.tuple(fc.integer({ min: 5, max: 1024 }),
    fc.integer({ min: 1, max: 1024 }));
  const whole = talk([[1024, 1024]]);
  expect(whole).toContain('one');
  expect(whole).toContain('ENOENT');
  fc.assert(fc.property(fc.array(cut, { minLength: 1 }), cuts => {
    expect(talk(cuts)).toBe(whole);
  }), { numRuns: 50 });
});

test.each([
  ['request counters', 2052, 5000, 2], ['a length', 12, 4097, 3],
])('%s that lie end the connection', (_, at, value, why) => {
  const { m, store, c } = connected();
  if (at === 12) m.write32(requestRing(0).prod, 16);
  m.write32(at, value);
  expect(serve(m, store, c)).toBe(true);
  expect(m.read32(ERROR)).toBe(why);
  expect(c.broken).toBe(true);
  expect(serve(m, store, c)).toBe(false);
});

test('an event that waits is not doubled', () => {
  const { m, store, c } = connected();
  const event = { domid: 1, path: 'a', token: 't' };
  for (let i = 0; i < 3; i++) deliver(c, event);
  while (serve(m, store, c));
  const bytes = takeBytes(m, answerRing(0), 1024)!;
  expect(bytes.length).toBe(16 + 'a\0t\0'.length);
});
