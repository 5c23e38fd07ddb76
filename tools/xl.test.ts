// `xl` as its user meets it: a process, its streams, its exit code, and a
// real terminal. GRUB's tests need `npm run guests -- grub32 grub64`; where
// an image or tmux is missing, a line says what was not tried.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pvImage } from '../src/guests/pv-image.ts';
import { echoSource } from '../src/guests/pv-echo.ts';

const MAIN = ['tools/run.mjs', 'src/dom0/xl/main.ts'];
const GRUB = '.guests/grub32/grub32.cfg';
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ringfence-xl-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

interface Run { code: number | null; out: string; err: string }

function xl(args: readonly string[], stdin = ''): Run {
  const run = spawnSync(process.execPath, [...MAIN, ...args], {
    input: stdin, encoding: 'utf8', timeout: 120_000,
  });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

function put(name: string, data: string | Uint8Array): string {
  const file = path.join(dir, name);
  fs.writeFileSync(file, data);
  return file;
}

/** A configuration for an image of ours; its path. */
function config(name: string, image: Uint8Array, more = ''): string {
  put(`${name}.bin`, image);
  return put(`${name}.cfg`, `name = "${name}"\nkernel = "${name}.bin"\n`
    + `memory = 4\non_reboot = "destroy"\n${more}\n`);
}

type Body = () => void | Promise<void>;

/** A test that counts as skipped, with a line, where it cannot run. */
function unless(missing: string | undefined, name: string, body: Body) {
  if (missing === undefined) return test(name, body);
  console.log(`skipped: ${name}: no ${missing}`);
  return test.skip(name, body);
}

const absent = (file: string): string | undefined =>
  (fs.existsSync(file) ? undefined : file);

const need = (name: string, file: string, body: Body): void =>
  unless(absent(file), name, body);

// ---- Wrong usage ------------------------------------------------------

test.each([
  [['frobnicate'], 2, 'unknown command frobnicate'],
  [['create'], 2, 'create wants one configuration file'],
  [['create', '--what'], 2, 'unknown option --what'],
  [['create', '--trace', 'x', 'f'], 2, '--trace wants hypercalls'],
  [['create', '--limit', 'x', 'f'], 2, '--limit wants a number'],
  [['create', '/nowhere.cfg'], 1, '/nowhere.cfg: no such file'],
  [['create', '/'], 1, '/: is a directory'],
])('xl %j ends with %i', (args, code, message) => {
  const run = xl(args);
  expect(run.err).toContain(`xl: ${message}`);
  expect(run.code).toBe(code);
  expect(run.err).not.toContain('    at ');
});

test('help', () => {
  expect(xl(['--help'])).toMatchObject({ code: 0, err: '' });
  expect(xl(['help']).out).toContain('usage: xl COMMAND');
});

// ---- Bad images -------------------------------------------------------

const good = pvImage(echoSource);

/** A copy with some bytes changed. */
function bent(at: number, ...bytes: number[]): Uint8Array {
  const copy = good.slice();
  copy.set(bytes, at);
  return copy;
}

const BAD: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['not-elf', new TextEncoder().encode('#!/bin/sh\necho no\n'.repeat(9)),
    /not-elf\.bin: .*not an ELF/i],
  ['empty', new Uint8Array(0), /empty\.bin: the file is empty/],
  ['truncated', good.slice(0, 3000), /truncated\.bin: /],
  ['header-only', good.slice(0, 40), /header-only\.bin: /],
  ['no-notes', bent(84, 0, 0, 0, 0), /no-notes\.bin: .*note/i],
  ['wrong-class', bent(4, 2), /wrong-class\.bin: /],
];

test.each(BAD)('%s is refused by name', (name, image, message) => {
  const run = xl(['create', '-c', config(name, image)]);
  expect(run.err).toMatch(message);
  expect(run.err).toContain(`${name}.cfg`);
  expect(run.code).toBe(1);
  expect(run.err).not.toContain('    at ');
});

test('too little memory for the image', () => {
  const big = pvImage(echoSource, { bss: 8 << 20 });
  const run = xl(['create', '-c', config('big', big)]);
  expect(run.err).toMatch(/big\.bin: .*memory/i);
  expect(run.code).toBe(1);
});

test('a malformed line, a missing kernel', () => {
  const bad = put('bad.cfg', 'name = "x"\nmemory = 64M\n');
  expect(xl(['create', '-c', bad]).err)
    .toContain('bad.cfg:2: 64M is not understood here');
  const lost = put('lost.cfg', 'name = "x"\nkernel = "nowhere.bin"\n');
  const run = xl(['create', '-c', lost]);
  expect(run.err).toContain('lost.cfg: nowhere.bin: no such file');
  expect(run.code).toBe(1);
});

need('a 64-bit kernel', '.guests/grub64/grub64.cfg', () => {
  const run = xl(['create', '-c', '.guests/grub64/grub64.cfg']);
  expect(run.err).toMatch(/grub-x86_64-xen\.bin: .*64-bit/);
  expect(run.code).toBe(1);
});

// ---- Bad guests -------------------------------------------------------

test.each([
  ['faults', 'start: mov eax, [0xdeadbeef]'],
  ['no-stack', 'start: mov esp, 0\npush eax\nud2'],
  ['hole', 'start: jmp 0xf5900000'],
  ['hole-write', 'start: mov DWORD PTR [0xf5800000], 1'],
  ['privileged', 'start: mov cr3, eax\nhlt'],
  ['nonsense', 'start: ud2'],
  ['gives-up', 'start: mov eax, 29\nmov ebx, 2\nmov ecx, r\nint 0x82\n'
    + 'r: .long 3'],
])('a guest that %s crashes with a report', (name, source) => {
  const run = xl(['create', '-c', config(name, pvImage(source))]);
  expect(run.err).toContain(`${name}.bin: the domain ended with "crash"`);
  for (const part of ['crashed: ', 'registers', 'code', 'eip']) {
    expect(run.err).toContain(part);
  }
  expect(run.code).toBe(1);
});

// ---- Good guests ------------------------------------------------------

const echo = config('echo', good);

test('piped input is typed, and the end is an end', () => {
  const run = xl(['create', '-c', '--stats', echo], 'one\rtwo\rq\r');
  expect(run.out).toBe('Type, and I repeat. The line q ends.\none\rtwo\rq');
  expect(run.err).toMatch(/^retired instructions: \d+\nhypercalls:\n/);
  expect(run.code).toBe(0);
});

test('more than the ring holds is typed in pieces', () => {
  const typed = 'all work and no play\n'.repeat(1000);
  const run = xl(['create', '-c', echo], `${typed}q\n`);
  expect(run.out.endsWith(`${typed}q`)).toBe(true);
  expect(run.code).toBe(0);
});

test('the same input gives the same run', () => {
  const run = () => xl(['create', '-c', '--stats', echo], 'abc\rq\r');
  expect(run()).toEqual(run());
});

test('traces are lines on standard error', () => {
  const trace = (what: string): string =>
    xl(['create', '-c', `--trace=${what}`, echo], 'q\r').err;
  expect(trace('hypercalls')).toMatch(/^\d+ d1v0 sched_op\(/m);
  expect(trace('exec')).toMatch(/^\d+ 00100000 mov ecx,/m);
});

test('--limit, list, info and dmesg', () => {
  const limited = xl(['create', '-c', '--limit', '3000000', echo]);
  expect(limited.code).toBe(3);
  const list = xl(['list', echo]);
  expect(list.out).toMatch(/^Domain-0 +0 /m);
  expect(list.out).toMatch(/^echo +1 +4 +1 +--p---$/m);
  expect(xl(['info']).out).toMatch(/^total_memory +: \d+$/m);
  expect(xl(['dmesg']).code).toBe(0);
});

test('a signal ends it in order', async () => {
  const child = spawn(process.execPath, [...MAIN, 'create', '-c', echo],
    { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end();
  let out = '';
  let err = '';
  child.stderr.on('data', chunk => { err += String(chunk); });
  await new Promise<void>(resolve => {
    child.stdout.on('data', chunk => {
      out += String(chunk);
      if (out.includes('ends.')) resolve();
    });
  });
  child.kill('SIGTERM');
  const code = await new Promise(resolve => child.on('close', resolve));
  expect(code).toBe(143);
  expect(err).toContain('xl: SIGTERM: echo is destroyed');
});

// ---- GRUB, and a real terminal ----------------------------------------

need('GRUB boots and answers', GRUB, () => {
  const args = ['create', '-c', '--stats', GRUB];
  const first = xl(args, 'echo ring-fence\nhalt\n');
  expect(first.err).toMatch(/^retired instructions: \d+$/m);
  expect(first.code).toBe(0);
  const plain = first.out.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '');
  expect(plain).toContain('GNU GRUB');
  expect(plain).toContain('grub>');
  expect(first.out.split('\n')).toContain('ring-fence');
  expect(xl(args, 'echo ring-fence\nhalt\n')).toEqual(first);
});

const haveTmux = spawnSync('tmux', ['-V']).status === 0;
const inTmux = (name: string, cfg: string, body: Body): void =>
  unless(haveTmux ? absent(cfg) : 'tmux', name, body);

const SOCKET = `ringfence-${process.pid}`;
const tmux = (...args: string[]): string =>
  spawnSync('tmux', ['-L', SOCKET, ...args], { encoding: 'utf8' }).stdout;
const screen = (): string => tmux('capture-pane', '-p', '-t', 'xl');
afterAll(() => { if (haveTmux) tmux('kill-server'); });

async function seen(pattern: RegExp, seconds = 60): Promise<string> {
  for (let i = 0; i < seconds * 5; i++) {
    const text = screen();
    if (pattern.test(text)) return text;
    await new Promise(resolve => { setTimeout(resolve, 200); });
  }
  throw new Error(`${pattern} did not appear on\n${screen()}`);
}

/** A server that ends with its last session may still take a new one down
 * with it, so it is asked whether the session is there. */
async function openShell(): Promise<void> {
  for (let i = 0; i < 50; i++) {
    tmux('new-session', '-d', '-s', 'xl', '-x', '80', '-y', '25',
      'env PS1="shell$ " bash --norc --noprofile');
    await new Promise(resolve => { setTimeout(resolve, 200); });
    const { status } = spawnSync('tmux', ['-L', SOCKET, 'has-session', '-t', 'xl']);
    if (status === 0) return;
  }
  throw new Error('tmux opens no session');
}

const command = (cfg: string): string =>
  `node ${MAIN.join(' ')} create -c ${cfg}; echo code=$?`;

inTmux('the terminal is raw, and comes back', echo, async () => {
  await openShell();
  await seen(/shell\$/);
  tmux('send-keys', '-t', 'xl', command(echo), 'Enter');
  await seen(/q ends\./);
  tmux('send-keys', '-t', 'xl', 'a', 'C-c', 'b');
  await seen(/a\^?C?.?b/);
  tmux('send-keys', '-t', 'xl', 'C-]');
  await seen(/left the console[^]*code=0/);
  tmux('send-keys', '-t', 'xl', 'stty -a | tr " " "\\n" | grep -c "^-*icanon"; stty -a | grep -o " icanon"', 'Enter');
  await seen(/ icanon/);
  tmux('kill-session', '-t', 'xl');
});

inTmux('GRUB in a real terminal', GRUB, async () => {
  await openShell();
  await seen(/shell\$/);
  tmux('send-keys', '-t', 'xl', command(GRUB), 'Enter');
  await seen(/grub> *$/m);
  tmux('send-keys', '-t', 'xl', 'echo onE');
  await seen(/grub> echo onE/);
  tmux('send-keys', '-t', 'xl', 'Left', 'X', 'Enter');
  await seen(/^onXE$/m);
  tmux('send-keys', '-t', 'xl', 'Up');
  await seen(/grub> echo onXE\s*$/);
  tmux('send-keys', '-t', 'xl', 'C-a', 'C-k', 'hal', 'Tab');
  await seen(/grub> halt/);
  tmux('send-keys', '-t', 'xl', 'C-a', 'C-k', 'ls', 'Enter');
  await seen(/grub> ls\s*\n.*\n*grub> *$/m);
  tmux('send-keys', '-t', 'xl', 'halt', 'Enter');
  await seen(/code=0/);
  tmux('kill-session', '-t', 'xl');
});
