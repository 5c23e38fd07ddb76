// GRUB on paper: a session from a pipe and one with keys that come in while it
// runs, recorded by `xl create`, replayed by `xl replay`; and the machine taken
// back and forth through the session. Needs `npm run guests -- grub32`.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Timeline } from '../src/machine/replay.ts';
import { startHost } from '../src/dom0/xl/host.ts';
import { HostMachine } from '../src/dom0/xl/machine.ts';
import { readTape } from '../src/dom0/xl/record.ts';
import { stateHash } from '../src/xen/snapshot.ts';
import { echoSource } from '../src/guests/pv-echo.ts';
import { pvImage } from '../src/guests/pv-image.ts';

const MAIN = ['--import', 'tsx', 'src/dom0/xl/main.ts'];
const GRUB = '.guests/grub32/grub32.cfg';
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ringfence-replay-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

interface Run { code: number | null; out: string; err: string }

function xl(args: readonly string[], stdin = ''): Run {
  const run = spawnSync(process.execPath, [...MAIN, ...args], {
    input: stdin, encoding: 'utf8', timeout: 300_000,
  });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

const put = (name: string, data: string | Uint8Array): string => {
  const file = path.join(dir, name);
  fs.writeFileSync(file, data);
  return file;
};

function config(name: string, source: string): string {
  put(`${name}.bin`, pvImage(source));
  return put(`${name}.cfg`, `name = "${name}"\nkernel = "${name}.bin"\n`
    + 'memory = 4\non_reboot = "destroy"\n');
}

const tape = (name: string): string => path.join(dir, name);

test('a piped session, its replay, its crash', () => {
  const echo = config('echo', echoSource);
  const first = xl(['create', '-c', '--record', tape('a'), echo], 'one\rtwo\rq\r');
  expect(first.code).toBe(0);
  const again = xl(['replay', '--hash', tape('a')]);
  expect(again.out).toBe(first.out);
  expect(again.code).toBe(0);
  expect(again.err).toMatch(/^xl: ended as recorded, with exit code 0\n/);
  expect(again.err).toMatch(/^retired instructions: \d+\nstate: [0-9a-f]{16}\n$/m);
  const crash = config('crash', 'start: mov eax, [0xdeadbeef]');
  const fallen = xl(['create', '-c', '--record', tape('b'), crash]);
  const replayed = xl(['replay', tape('b')]);
  expect([fallen.code, replayed.code]).toEqual([1, 1]);
  expect(replayed.err).toContain('domain 1 crashed: ');
}, 300_000);

test('--until stops exactly there and says where', () => {
  const echo = config('echo', echoSource);
  xl(['create', '-c', '--record', tape('c'), echo], 'one\rq\r');
  for (const n of [25, 500, 501, 1234]) {
    const run = xl(['replay', '--until', String(n), tape('c')]);
    expect(run.err).toContain(`retired instructions: ${n}\n`);
    expect(run.err).toMatch(/eax [0-9a-f]{8} +ecx/);
    expect(run.code).toBe(0);
  }
}, 300_000);

test('wrong usage, files that are none, files that were hurt', () => {
  const echo = config('echo', echoSource);
  xl(['create', '-c', '--record', tape('d'), echo], 'one\rq\r');
  const text = fs.readFileSync(tape('d'), 'utf8');
  const err = (name: string, data: string): Run => xl(['replay', put(name, data)]);
  expect(err('torn', text.slice(0, -3)).err)
    .toMatch(/the end of the recording is missing\nxl: the recording breaks off here/);
  expect(err('torn', text.slice(0, -3)).code).toBe(0);
  expect(err('bad', text.replace('"idle":false', '"idle":true ')))
    .toMatchObject({ code: 1, out: '', err: expect.stringContaining('is damaged: line 2') as string });
  expect(err('none', 'hello\n').err).toContain('none: is not a recording');
  expect(xl(['replay', tape('nowhere')]).err).toContain('nowhere: there is no such file');
  expect(xl(['replay']).code).toBe(2);
  expect(xl(['list', '--record', 'x']).code).toBe(2);
  const before = fs.readFileSync(echo, 'utf8');
  expect(xl(['create', '--record', echo, echo]).err).toContain('exists, and is no recording');
  expect(fs.readFileSync(echo, 'utf8')).toBe(before);
}, 300_000);

const here = fs.existsSync(GRUB);
if (!here) console.log(`skipped: GRUB on paper: no ${GRUB}`);

test.skipIf(!here)('GRUB, recorded, replayed, and taken back a thousand times', () => {
  const first = xl(['create', '-c', '--record', tape('grub'), GRUB], 'echo ring-fence\nhalt\n');
  expect(first.code).toBe(0);
  const again = xl(['replay', '--hash', tape('grub')]);
  expect(again.out).toBe(first.out);
  const [, hash = ''] = /state: (\S+)/.exec(again.err) ?? [];
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  const { ramMiB, request, lines } = readTape(tape('grub'));
  const host = startHost({ ramMiB, onOutput: () => undefined });
  const machine = new HostMachine(host, [request]);
  const log = lines.flatMap(({ at, what }) => (what ? [{ at, what }] : []));
  const line = new Timeline(machine, log, { wide: 1_000_000, fine: 2000, most: 24 });
  const end = lines.at(-1)?.at ?? 0;
  line.seek(end);
  const there = stateHash(host.xen);
  for (let n = 0; n < 1000; n++) line.back(1);
  expect(line.now()).toBe(end - 1000);
  for (let n = 0; n < 1000; n++) line.forward(1);
  expect(stateHash(host.xen)).toBe(there);
  machine.input({ time: 0, idle: false, ...lines.at(-1)?.end });
  expect(stateHash(host.xen)).toBe(hash);
}, 900_000);
