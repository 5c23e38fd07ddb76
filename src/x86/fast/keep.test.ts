import {
  existsSync, mkdtempSync, readFileSync, rmSync, utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { beginWith } from './fast.ts';
import { beginWithKept } from './keep.ts';
import { unpack } from './stock.ts';

const dir = mkdtempSync(join(tmpdir(), 'stock-'));
afterAll(() => {
  beginWith(undefined);
  rmSync(dir, { recursive: true });
});

const [program, file] = [join(dir, 'a.mjs'), join(dir, 'a.stock')];
const handlers = (): number => unpack(readFileSync(file)).handlers;

test('it is made beside a program, and again when it must be', () => {
  writeFileSync(program, '');
  beginWithKept(program);
  const known = handlers();
  expect(known).toBeGreaterThan(1000);
  for (const wrong of ['', 'no stock at all']) {
    writeFileSync(file, wrong);
    beginWithKept(program);
    expect(handlers()).toBe(known);
  }
  utimesSync(file, 1, 1);
  beginWithKept(program);
  utimesSync(program, 2, 2);
  const kept = readFileSync(file);
  kept.fill(0, kept.length - 4);
  writeFileSync(file, kept);
  beginWithKept(program);
  expect(readFileSync(file).equals(kept)).toBe(true);
});

test('what consists of many files has none', () => {
  beginWithKept(join(dir, 'b.ts'));
  expect(existsSync(join(dir, 'b.stock'))).toBe(false);
});
