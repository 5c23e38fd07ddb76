import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const room = mkdtempSync(join(tmpdir(), 'machine-'));

function machine(...words: string[]) {
  const result = spawnSync(process.execPath,
    ['--import', 'tsx', MAIN, ...words], { encoding: 'utf8' });
  return {
    code: result.status, out: result.stdout, err: result.stderr,
  };
}

function file(name: string, text: string): string {
  const path = join(room, name);
  writeFileSync(path, text);
  return path;
}

test('a run, its output, its counts', () => {
  const image = file('a.asm', `
    mov dx, 0x190
    mov al, 0xff
    out dx, al
    mov al, 'x'
    out 0xe9, al
    cli
    hlt`);
  const all = machine('run', image, '--stats', '--post', '0x190');
  expect(all).toMatchObject({ code: 0, out: 'post 0x190: ff\nx\n' });
  expect(all.err).toContain('retired instructions: 7\n');
  const traced = machine('run', image, '--trace', 'exec');
  expect(traced.err.split('\n')[0]).toBe(
    '0010:00008000  66 ba 90 01             mov dx,0x190');
}, 60_000);

test('what is wrong is said, with the file', () => {
  const missing = join(room, 'missing');
  expect(machine('run', missing)).toMatchObject({
    code: 1, err: `machine: ${missing}: there is no such file\n`,
  });
  const text = file('text', 'hello');
  expect(machine('run', text).err)
    .toContain(`${text}: is no multiboot`);
  const faulty = file('b.asm', 'lidt [0x7000]\nint3');
  const shut = machine('run', faulty);
  expect(shut.code).toBe(1);
  expect(shut.err).toContain('triple fault');
  expect(machine('run', faulty, '--initrd', missing).err).toContain(
    `${faulty}: its ramdisk ${missing}: there is no such file\n`);
  expect(machine('run', faulty, '--initrd', text).err)
    .toContain(`${faulty}: takes no ramdisk`);
  expect(machine('run', text, '--bogus').code).toBe(2);
  expect(machine('--help').out).toContain('--memory SIZE');
}, 60_000);
