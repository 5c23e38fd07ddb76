import { expect, test } from 'vitest';
import { parsePerm } from '#book/dom0/xenstore/perms.ts';
import { may } from './may.ts';

test.each([
  ['n1', 1, 'rw'], ['n1', 2, ''], ['n1', 0, 'rw'], ['r1', 2, 'r'],
  ['w1', 2, 'w'], ['b1', 2, 'rw'], ['r0 b3', 3, 'rw'],
  ['r0 b3', 4, 'r'], ['b2 n3', 3, ''], ['b2 n3', 4, 'rw'],
  ['n2 r3 b3', 3, 'r'], ['n2 n2', 2, 'rw'], ['', 1, ''],
  ['', 0, 'rw'],
])('%j gives domain %i: %j', (list, domid, rights) => {
  const perms = list.split(' ').filter(Boolean).map(parsePerm);
  const got = (may(perms, domid, 'read') ? 'r' : '')
    + (may(perms, domid, 'write') ? 'w' : '');
  expect(got).toBe(rights);
});
