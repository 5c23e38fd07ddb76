import { expect, test } from 'vitest';
import { XS } from '../../xen/public/io/xs-wire.ts';
import { ask } from './client.ts';
import { emptyStore } from './init.ts';
import type { Store } from './session.ts';

/** A store with two guests, as the toolstack would make it. */
function twoGuests(): Store {
  const store = emptyStore();
  for (const domid of [1, 2]) {
    const home = `/local/domain/${domid}`;
    ask(store, 0, XS.WRITE, `${home}/name\0guest${domid}`);
    ask(store, 0, XS.SET_PERMS, `${home}\0n0\0r${domid}\0`);
    ask(store, 0, XS.SET_PERMS, `${home}/name\0n0\0r${domid}\0`);
    ask(store, 0, XS.MKDIR, `${home}/data\0`);
    ask(store, 0, XS.SET_PERMS, `${home}/data\0n${domid}\0`);
  }
  return store;
}

test('a guest reads its own, and learns nothing of others', () => {
  const store = twoGuests();
  expect(ask(store, 1, XS.READ, 'name\0')).toBe('guest1');
  expect(() => ask(store, 1, XS.WRITE, 'name\0root')).toThrow('EACCES');
  for (const name of ['name', 'nonsense']) {
    const path = `/local/domain/2/${name}\0`;
    expect(() => ask(store, 1, XS.READ, path)).toThrow('EACCES');
  }
});

test('of two transactions that count, one starts over', () => {
  const store = twoGuests();
  ask(store, 1, XS.WRITE, 'data/n\x000');
  const count = (tx: number): string => {
    const old = Number(ask(store, 1, XS.READ, 'data/n\0', tx));
    return ask(store, 1, XS.WRITE, `data/n\0${old + 1}`, tx);
  };
  const [a, b] = [0, 0].map(() =>
    parseInt(ask(store, 1, XS.TRANSACTION_START, '\0')));
  count(a!);
  count(b!);
  ask(store, 1, XS.TRANSACTION_END, 'T\0', a);
  expect(() => ask(store, 1, XS.TRANSACTION_END, 'T\0', b))
    .toThrow('EAGAIN');
  expect(ask(store, 1, XS.READ, 'data/n\0')).toBe('1');
});
