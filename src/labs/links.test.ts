import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hypercallName } from '../xen/public/xen.ts';
import { hypercallTable } from '../xen/table.ts';
import { linksOf } from './links.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string =>
  readFileSync(join(root, path), 'utf8');
const links = linksOf(read);

test('every hypercall there is leads to its handler', () => {
  expect(hypercallTable.size).toBeGreaterThan(20);
  for (const [nr, handler] of hypercallTable) {
    const link = links[`hypercall ${hypercallName(nr)}`];
    expect(link?.symbol).toBe(handler.name);
  }
});

test('every link leads to a declaration', () => {
  for (const [key, { symbol, file }] of Object.entries(links)) {
    const declared = new RegExp(
      `^(export )?(const|function) ${symbol}\\b`, 'm');
    expect(read(file), key).toMatch(declared);
  }
});

test('exceptions lead to what handleTrap calls', () => {
  expect(links['trap 14']?.symbol).toBe('pageFault');
  expect(links['trap 13']?.symbol).toBe('generalProtection');
  expect(links['trap 0']?.symbol).toBe('guestTrap');
});
