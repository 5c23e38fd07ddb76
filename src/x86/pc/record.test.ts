import { spawnSync } from 'node:child_process';
import {
  mkdtempSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { assembleProgram } from '../program.ts';
import { openTape } from './file.ts';
import { readTape } from './record.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const room = mkdtempSync(join(tmpdir(), 'record-'));

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

const image = file('a.asm', `
next: in al, 0x64
  test al, 1
  jz next
  in al, 0x60
  out 0xe9, al
  cmp al, 0x9c
  jne next
  mov [0x7000], al
  cli
  hlt`);
const tape = join(room, 'a.rec');

test('made, replayed, stopped, asked', () => {
  const first = machine('run', image, '--keys', '\n',
    '--record', tape, '--stats');
  expect(first.code).toBe(0);
  const [, retired = ''] = /instructions: (\d+)/.exec(first.err) ?? [];
  const again = machine('replay', tape, '--hash');
  expect(again).toMatchObject({ code: 0, err: '' });
  expect(again.out.startsWith(first.out)).toBe(true);
  expect(again.out).toContain('ended as recorded: halted\n');
  expect(again.out).toContain(`retired instructions: ${retired}\n`);
  const part = machine('replay', tape, '--until', '6000');
  expect(part.out).toContain('retired instructions: 6000\n');
  expect(part.out).toMatch(/eax [0-9a-f]{8}/);
  expect(machine('replay', tape, '--changed', '0x7000').out)
    .toMatch(/changed 0x00007000 from 0x00000000 to 0x0000009c/);
  expect(machine('replay', image)).toEqual({
    code: 1, out: '',
    err: `machine: ${image}: is not a recording\n`,
  });
}, 120_000);

test('a recording with a ramdisk', () => {
  const [start, sum] = [0x10_0000, -(0x1bad_b002 + 0x1_0000) >>> 0];
  const { bytes } = assembleProgram(`
    .long 0x1badb002, 0x10000, ${sum}, ${start}, ${start}, 0, 0, code
    code: mov esi, [ebx+24]
    mov esi, [esi]
    mov al, [esi]
    out 0xe9, al
    cli
    hlt`, { origin: start });
  const kernel = join(room, 'kernel');
  writeFileSync(kernel, bytes);
  const ramdisk = file('ramdisk', 'q');
  const made = join(room, 'b.rec');
  expect(machine('run', kernel, '--initrd', ramdisk,
    '--record', made).out).toBe('q\n');
  rmSync(ramdisk);
  expect(machine('replay', made))
    .toMatchObject({ code: 0, err: '' });
  expect(machine('replay', made).out).toContain('q\nended as recorded');
}, 120_000);

test('torn, damaged, foreign, missing', () => {
  const text = readFileSync(tape, 'utf8');
  const torn = readTape(file('torn', text.slice(0, -5)));
  expect(torn.torn).toBe(true);
  expect(torn.lines.length).toBe(readTape(tape).lines.length - 1);
  const bad = file('bad', text.replace('"keys":"', '"keys":"x'));
  expect(() => readTape(bad))
    .toThrow(`${bad}: is damaged: line 2 is not what was written`);
  expect(() => readTape(join(room, 'no'))).toThrow('no such file');
  expect(() => openTape(image))
    .toThrow(`${image}: exists, and is no recording`);
  expect(() => openTape(join(room, 'no', 'no'))).toThrow('no such');
  expect(readFileSync(image, 'utf8')).toContain('next: in al');
});
