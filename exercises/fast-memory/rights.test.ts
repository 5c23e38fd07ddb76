import { expect, test } from 'vitest';
import { simpleRights } from './rights.ts';

const SYS_READ = 1, SYS_WRITE = 2, USER_READ = 4, USER_WRITE = 8;
const KEPT = 16;
const W = 2, U = 4, D = 0x40, G = 0x100, PGE = 0x80;
const OTHERS = 0x1234_5021;

test('a supervisor reads always, and writes as WP says', () => {
  const clean = OTHERS | W;
  expect(simpleRights(W | OTHERS, clean, true, 0)).toBe(SYS_READ);
  expect(simpleRights(W, W | D, true, 0)).toBe(SYS_READ | SYS_WRITE);
  expect(simpleRights(0, W | D, true, 0)).toBe(SYS_READ);
  expect(simpleRights(0, D, false, 0)).toBe(SYS_READ | SYS_WRITE);
  expect(simpleRights(0, OTHERS, false, 0)).toBe(SYS_READ);
});
test('a user needs both bits, whatever WP says', () => {
  const read = SYS_READ | USER_READ;
  expect(simpleRights(U, U | D, true, 0)).toBe(read);
  expect(simpleRights(U, U | D, false, 0)).toBe(read | SYS_WRITE);
  expect(simpleRights(U | W, U | W, true, 0)).toBe(read);
  expect(simpleRights(U | W, U | W | D, true, 0))
    .toBe(read | SYS_WRITE | USER_WRITE);
  expect(simpleRights(W, U | W | D, true, 0))
    .toBe(SYS_READ | SYS_WRITE);
});
test('global pages are kept if PGE is on', () => {
  expect(simpleRights(0, G, true, PGE | 0x30)).toBe(SYS_READ | KEPT);
  expect(simpleRights(0, G, true, 0x30)).toBe(SYS_READ);
  expect(simpleRights(G, 0, true, PGE)).toBe(SYS_READ);
});
