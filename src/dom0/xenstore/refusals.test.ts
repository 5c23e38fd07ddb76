import { expect, test } from 'vitest';
import { XS } from '../../xen/public/io/xs-wire.ts';
import { ask } from './client.ts';
import { emptyStore } from './init.ts';

const long = 'x'.repeat(2100);
const ROWS: readonly [number, string, string][] = [
  [XS.READ, 'data', 'EINVAL'], [XS.READ, '', 'EINVAL'],
  [XS.READ, 'a//b\0', 'EINVAL'], [XS.READ, '/\0\0', 'EINVAL'],
  [XS.READ, 'data/\0', 'EINVAL'], [XS.READ, 'da.ta\0', 'EINVAL'],
  [XS.READ, `${long}\0`, 'EINVAL'], [XS.READ, '@x\0', 'EINVAL'],
  [XS.READ, 'data/none\0', 'ENOENT'], [XS.READ, '/\0', 'EACCES'],
  [XS.WRITE, 'data', 'EINVAL'], [XS.WRITE, '/x\x001', 'EACCES'],
  [XS.WRITE, `data/a\0${long}`, 'ENOSPC'], [XS.RM, '/\0', 'EINVAL'],
  [XS.RM, 'data/a/b/c\0', 'ENOENT'], [XS.MKDIR, '/a\0', 'EACCES'],
  [XS.WATCH, 'data\0', 'EINVAL'], [XS.UNWATCH, 'a\0b\0', 'ENOENT'],
  [XS.WATCH, 'data\0t\0-1\0', 'EINVAL'], [99, '\0', 'ENOSYS'],
  [XS.TRANSACTION_END, 'T\0', 'ENOENT'], [20, '\0', 'ENOSYS'],
  [XS.SET_PERMS, 'data\0', 'EINVAL'], [XS.ERROR, '\0', 'ENOSYS'],
  [XS.SET_PERMS, 'data\0x1\0', 'EINVAL'],
  [XS.SET_PERMS, 'data\0n2\0', 'EPERM'],
  [XS.SET_PERMS, 'data\0n1\0r2\0r3\0r4\0r5\0r6\0', 'ENOSPC'],
  [XS.SET_PERMS, '@releaseDomain\0r1\0', 'EACCES'],
  [XS.GET_PERMS, '@releaseDomain\0', 'EACCES'],
  [XS.INTRODUCE, '3\x001\x001\0', 'EACCES'],
  [XS.RELEASE, '2\0', 'EACCES'], [XS.RESUME, '1\0', 'EACCES'],
  [XS.SET_TARGET, '1\x002\0', 'EACCES'],
  [XS.CONTROL, 'quota\0', 'EACCES'],
  [XS.GET_DOMAIN_PATH, '1e3\0', 'EINVAL'],
  [XS.DIRECTORY_PART, 'data\x009\0', 'EINVAL'],
];

test.each(ROWS)('type %i with %j is %s', (type, payload, code) => {
  const store = emptyStore();
  ask(store, 0, XS.MKDIR, '/local/domain/1/data\0');
  ask(store, 0, XS.SET_PERMS, '/local/domain/1/data\0n1\0');
  const before = store.live.root;
  expect(() => ask(store, 1, type, payload)).toThrow(code);
  expect(store.live.root).toBe(before);
});

function fill(type: number, payload: (i: number) => string): string[] {
  const store = emptyStore();
  ask(store, 0, XS.MKDIR, '/local/domain/1/data\0');
  ask(store, 0, XS.SET_PERMS, '/local/domain/1/data\0n1\0');
  const answers: string[] = [];
  for (let i = 0; i < 1100; i++) {
    try { ask(store, 1, type, payload(i)); } catch (error) {
      answers.push(`${i} ${(error as Error).message}`);
    }
  }
  return answers;
}

test.each([
  [XS.WRITE, (i: number) => `data/k${i}\0v`, '999 ENOSPC'],
  [XS.MKDIR, (i: number) => `data/a/b/c${i}\0`, '997 ENOSPC'],
  [XS.WATCH, (i: number) => `data\0t${i}\0`, '128 E2BIG'],
  [XS.TRANSACTION_START, () => '\0', '10 ENOSPC'],
])('type %i meets its quota', (type, payload, first) => {
  expect(fill(type, payload)[0]).toBe(first);
});
