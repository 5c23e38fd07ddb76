import { afterEach, expect, test } from 'vitest';
import { ask } from '#book/dom0/xenstore/client.ts';
import { emptyStore } from '#book/dom0/xenstore/init.ts';
import { XS } from '#book/xen/public/io/xs-wire.ts';
import { writes } from './proto.ts';

interface Folder { [name: string]: Folder | string }

function write(root: Folder, path: string, value: string): void {
  const names = path.split('/');
  if (!names.every(n => /^[\w@-]+$/.test(n))) throw new Error(path);
  const last = names.pop()!;
  let at = root;
  for (const name of names) {
    at = (at[name] ??= {}) as Folder;
  }
  at[last] = value;
}

const before = new Set(Object.getOwnPropertyNames(Object.prototype));
afterEach(() => {
  for (const name of Object.getOwnPropertyNames(Object.prototype)) {
    if (before.has(name)) continue;
    Reflect.deleteProperty(Object.prototype, name);
  }
});

test('domain 1 may suddenly read the secret', () => {
  const home: Folder = {};
  for (const [path, value] of writes()) write(home, path, value);
  const readers: Record<string, string | undefined> = {};
  expect(readers['domain-1']).toBe('yes');
});

test('the book keeps the same names as names', () => {
  const store = emptyStore();
  for (const [path, value] of writes()) {
    ask(store, 0, XS.WRITE, `/local/domain/1/${path}\0${value}`);
    const path0 = `/local/domain/1/${path}\0`;
    expect(ask(store, 0, XS.READ, path0)).toBe(value);
  }
  expect(Reflect.get({}, 'domain-1')).toBeUndefined();
});
