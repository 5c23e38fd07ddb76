// The runner: programs in one file, made anew when a module changes.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const dir = join(ROOT, '.cache', 'run-test');
mkdirSync(dir, { recursive: true });
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function put(name: string, text: string): void {
  writeFileSync(join(dir, name), text);
  const past = Date.now() / 1000 - 60;
  utimesSync(join(dir, name), past, past);
}

function run(...words: string[]) {
  const main = relative(ROOT, join(dir, 'main.ts'));
  const { status, stdout, stderr } = spawnSync(process.execPath,
    ['tools/run.mjs', main, ...words], { cwd: ROOT, encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

beforeAll(() => {
  put('part.ts', 'export const part: string = "one";\n');
  put('main.ts', `import { part } from './part.ts';
import { setTimeout } from 'node:timers/promises';
await setTimeout(1);
if (process.argv[2] === 'throw') throw new Error('thrown');
console.log(part, process.argv[1]?.endsWith('main.ts'), ...process.argv.slice(2));
`);
});

test('a program sees its own words, each time', () => {
  expect(run('a', '--b')).toEqual({ status: 0, out: 'one true a --b\n', err: '' });
  expect(run()).toEqual({ status: 0, out: 'one true\n', err: '' });
});

test('what changes is there at the next start', () => {
  expect(run().out).toBe('one true\n');
  put('part.ts', 'export const part: string = "another";\n');
  expect(run().out).toBe('another true\n');
});

test('errors are at lines of the sources', () => {
  const { status, err } = run('throw');
  expect(status).toBe(1);
  expect(err).toMatch(/main\.ts:4:/);
});

test('a program that can\'t be read says where, and the old one isn\'t run', () => {
  put('part.ts', 'export const part = ;\n');
  const { status, out, err } = run();
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err).toContain('part.ts:1:');
});

test('without a file it says what it wants', () => {
  const { status, stderr } = spawnSync(process.execPath, ['tools/run.mjs'],
    { cwd: ROOT, encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain('usage');
});
