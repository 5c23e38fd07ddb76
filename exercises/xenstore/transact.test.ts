import { expect, test } from 'vitest';
import { ask } from '#book/dom0/xenstore/client.ts';
import { emptyStore } from '#book/dom0/xenstore/init.ts';
import type { Store } from '#book/dom0/xenstore/session.ts';
import { XS } from '#book/xen/public/io/xs-wire.ts';
import { transact } from './transact.ts';

const HOME = '/local/domain/1';

function setUp(): Store {
  const store = emptyStore();
  ask(store, 0, XS.WRITE, `${HOME}/n\x000`);
  for (const path of [HOME, `${HOME}/n`]) {
    ask(store, 0, XS.SET_PERMS, `${path}\0n1\0`);
  }
  return store;
}

const read = (s: Store, tx = 0): number =>
  Number(ask(s, 1, XS.READ, 'n\0', tx));
const set = (s: Store, n: number, tx = 0): string =>
  ask(s, 1, XS.WRITE, `n\0${n}`, tx);

test('it tries again until nobody was in between', () => {
  const store = setUp();
  let rivals = 3;
  const result = transact(store, 1, tx => {
    const n = read(store, tx);
    if (rivals-- > 0) set(store, read(store) + 10);
    set(store, n + 1, tx);
    return n;
  });
  expect(read(store)).toBe(31);
  expect(result).toBe(30);
  expect(store.transactions).toEqual([]);
});

test('an error of the body has no effect and goes on', () => {
  const store = setUp();
  for (let i = 0; i < 20; i++) {
    expect(() => transact(store, 1, tx => {
      set(store, 99, tx);
      throw new TypeError('mine');
    })).toThrow('mine');
  }
  expect(read(store)).toBe(0);
  expect(store.transactions).toEqual([]);
});

test('it gives up after a hundred attempts, and does not leak', () => {
  const store = setUp();
  let runs = 0;
  expect(() => transact(store, 1, tx => {
    if (++runs > 200) throw new Error('it never gives up');
    const n = read(store, tx);
    set(store, n + 1);
    set(store, n + 5, tx);
  })).toThrow('EAGAIN');
  expect(runs).toBe(100);
  expect(store.transactions).toEqual([]);
});


test('another refusal is not tried again', () => {
  const store = setUp();
  let runs = 0;
  expect(() => transact(store, 1, tx => {
    runs++;
    ask(store, 1, XS.TRANSACTION_END, 'F\0', tx);
  })).toThrow('ENOENT');
  expect(runs).toBe(1);
});
