import { expect, test } from 'vitest';
import { XS } from '../../xen/public/io/xs-wire.ts';
import { ask } from './client.ts';
import { emptyStore } from './init.ts';

const HOME = '/local/domain/1';
type Act = readonly [number, string];
const write = (path: string): Act => [XS.WRITE, `${HOME}/${path}\0new`];
const rm = (path: string): Act => [XS.RM, `${HOME}/${path}\0`];
const ROWS: readonly [string, Act, string | undefined][] = [
  ['a\0t', write('a'), 'a'], ['a\0t', write('a/b'), 'a/b'],
  ['a/b\0t', write('a'), undefined], ['a\0t', write('ab'), undefined],
  ['a\0t\x000', write('a/b'), undefined],
  ['a\0t\x001', write('a/b'), 'a/b'],
  ['a\0t\x001', write('a/b/c'), undefined],
  [`${HOME}/a\0t`, write('a/b'), `${HOME}/a/b`],
  ['old/x\0t', rm('old'), 'old/x'], ['old/y\0t', rm('old'), undefined],
  ['old\0t', rm('old/x'), 'old/x'], ['z\0t', rm('z'), undefined],
  ['secret\0t', write('secret/a'), undefined],
  ['secret\0t', rm('secret'), 'secret'],
  ['@releaseDomain\0t', [XS.RELEASE, '2\0'], undefined],
];

test.each(ROWS)('%j, after %j: %s', (watch, [type, payload], path) => {
  const store = emptyStore();
  ask(store, 0, XS.WRITE, `${HOME}/old/x\x001`);
  ask(store, 0, XS.SET_PERMS, `${HOME}\0r0\0`);
  for (const open of ['old', 'old/x']) {
    ask(store, 0, XS.SET_PERMS, `${HOME}/${open}\0r0\0`);
  }
  ask(store, 0, XS.WRITE, `${HOME}/secret/a\x001`);
  ask(store, 0, XS.SET_PERMS, `${HOME}/secret\0n0\0`);
  ask(store, 0, XS.SET_PERMS, `${HOME}/secret/a\0n0\0`);
  ask(store, 0, XS.INTRODUCE, '2\x001\x001\0');
  ask(store, 1, XS.WATCH, `${watch}\0`);
  store.events = [];
  ask(store, 0, type, payload);
  const expected = path === undefined ? [] : [{
    domid: 1, path, token: 't',
  }];
  expect(store.events).toEqual(expected);
});
