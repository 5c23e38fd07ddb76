import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

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

const source = `
next: in al, 0x64
  test al, 1
  jz next
  in al, 0x60
  out 0xe9, al
  cmp al, 0x9c
  jne next
  mov [0x7000], al
  cli
  hlt`;

test('made, replayed, stopped, asked', () => {
  const image = file('a.asm', source);
  const tape = join(room, 'a.rec');
  const first = machine('run', image, '--keys', 'hi\n',
    '--record', tape, '--stats');
  expect(first.code).toBe(0);
  const [, retired = ''] = /instructions: (\d+)/.exec(first.err) ?? [];
  const again = machine('replay', tape, '--hash');
  expect(again).toMatchObject({ code: 0, err: '' });
  expect(again.out.startsWith(first.out)).toBe(true);
  expect(again.out).toContain('ended as recorded: halted\n');
  expect(again.out).toContain(`retired instructions: ${retired}\n`);
  expect(machine('replay', tape, '--hash')).toEqual(again);
  const part = machine('replay', tape, '--until', '600000');
  expect(part.out).toContain('retired instructions: 600000\n');
  expect(part.out).toMatch(/eax [0-9a-f]{8}/);
  expect(machine('replay', tape, '--changed', '0x7000').out)
    .toMatch(/changed 0x00007000 from 0x00000000 to 0x0000009c/);
}, 120_000);

test('torn, damaged, foreign, missing', () => {
  const image = file('b.asm', source);
  const tape = join(room, 'b.rec');
  machine('run', image, '--keys', 'hi\n', '--record', tape);
  const text = readFileSync(tape, 'utf8');
  const torn = machine('replay', file('torn', text.slice(0, -5)));
  expect(torn.code).toBe(0);
  expect(torn.out).toContain('the end of the recording is missing\n'
    + 'the recording breaks off here\n');
  const bad = file('bad', text.replace('"keys":"h"', '"keys":"x"'));
  expect(machine('replay', bad)).toEqual({
    code: 1, out: '', err: `machine: ${bad}: is damaged: `
      + 'line 2 is not what was written\n',
  });
  expect(machine('replay', image).err)
    .toBe(`machine: ${image}: is not a recording\n`);
  expect(machine('run', image, '--record', image).err)
    .toBe(`machine: ${image}: exists, and is no recording\n`);
  expect(readFileSync(image, 'utf8')).toBe(source);
  expect(machine('replay', join(room, 'no')).code).toBe(1);
  expect(machine('replay').code).toBe(2);
}, 120_000);
