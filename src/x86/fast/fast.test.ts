import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MOST_SHAPES } from '../../machine/tiers/layout.ts';
import { load } from '../bare.ts';
import { Values } from '../campaign/values.ts';
import type { Cpu } from '../cpu.ts';
import { readEflags } from '../flags.ts';
import { table } from '../opcodes.ts';
import { CPL, CR0, CR3, EBX, EIP, GPR } from '../state.ts';
import { TUNING } from './translator.ts';
import { loadTwin, type Twin, twinOf } from './twin.ts';

TUNING.patience = 3;

/** All that a program could notice. */
function seen(cpu: Cpu): unknown {
  return {
    gprs: GPR.map((field) => cpu.get(field)), eip: cpu.get(EIP),
    flags: readEflags(cpu), retired: cpu.retired,
  };
}

const storage = ({ phys }: Cpu): Uint8Array =>
  phys.readBytes(0, phys.size);
function same(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}

/** Runs both in steps of `cut` instructions and compares them. */
function together(slow: Cpu, { cpu }: Twin, cut: number, most = 5000) {
  for (let n = cut; n <= most; n += cut) {
    const why = slow.run(n);
    expect(cpu.run(n)).toBe(why);
    expect(seen(cpu)).toEqual(seen(slow));
    if (why !== 'limit') break;
  }
  expect(same(storage(cpu), storage(slow))).toBe(true);
}

const PATCHED = `
  mov ecx, 300
again: inc byte ptr [patch+1]
patch: mov eax, 0
  add edx, eax
  loop again
  hlt`;

test('code that changes itself is seen at once', () => {
  const slow = load(PATCHED);
  const twin = twinOf(slow);
  together(slow, twin, 7);
  expect(twin.translator.counts.dropped).toBeGreaterThan(200);
});

const REGS = 'eax ecx edx ebx esi edi ebp'.split(' ');

/** A loop of random instructions on registers and a page of data. */
function program(values: Values): string {
  const reg = (): string => REGS[values.below(7)] ?? 'eax';
  const at = (): string => `[0x4000+${values.below(4000)}]`;
  const lines = [
    () => `add ${reg()}, ${reg()}`, () => `sbb ${reg()}, ${at()}`,
    () => `xor ${at()}, ${reg()}`, () => `shl ${reg()}, cl`,
    () => `rol ${reg()}, ${values.below(40)}`,
    () => `mov ${reg()}, ${at()}`, () => `mov ${at()}, ${reg()}`,
    () => `imul ${reg()}, ${reg()}`, () => `inc ${reg()}`,
    () => `push ${reg()}`, () => `pop ${reg()}`,
    () => `cmp ${reg()}, ${values.below(9)}\n jl next`,
    () => `mov al, ${at()}`, () => `cmovb ${reg()}, ${reg()}`,
    () => `xchg ${at()}, ${reg()}`, () => `add al, ah\n adc bh, cl`,
  ];
  const body = Array.from({ length: 12 }, () =>
    lines[values.below(lines.length)]?.() ?? 'nop');
  return `again: ${body.join('\n')}
    next: inc dword ptr [0x5000]
    cmp dword ptr [0x5000], 9
    jb again
    hlt`;
}

test('random programs, cut anywhere, agree with the reference', () => {
  const values = new Values(11);
  for (let n = 0; n < 12; n++) {
    const slow = load(program(values));
    const twin = twinOf(slow);
    together(slow, twin, 1 + values.below(17), 300);
    expect(twin.translator.counts.foreign)
      .toBeLessThan(slow.retired);
  }
}, 60_000);

test.each([
  ['rol byte ptr [ebx+4], 3', 'rol al, 3', 'rol byte ptr [esi+4], 5',
    'rol byte ptr [ebx+4], 5'],
  ['shl dword ptr [ebx+4], 3', 'shl eax, 3',
    'shl dword ptr [ebx+8], 5', 'shl dword ptr [esi+12], 5'],
  ['mov eax, 0x1234', 'cmpxchg ah, bl'],
  ['mov eax, 0x1234', 'cmpxchg eax, edx'],
  ['mov eax, 0x1234', 'cmpxchg dl, bh', 'cmpxchg ah, dl'],
  ['rcr word ptr [esi+ebx], 2', 'rcr word ptr [0x4100], 1',
    'rcr cx, 2', 'rcr word ptr [edi+ebx], 2',
    'rcr word ptr [edi+esi+300], 7'],
])('forms of one instruction: %s, …', (...lines) => {
  const slow = load(`mov ebx, 0x4000
    mov esi, 0x4200
    mov edi, 0x1234
    mov ebp, 20
    again: add dword ptr [ebx+4], 0x12345
    add dword ptr [esi+4], 0x54321
    ${lines.join('\n')}
    dec ebp
    jne again
    hlt`);
  together(slow, twinOf(slow), 1000);
});

test('instructions with more to fill than holes', () => {
  const slow = load(`mov esi, 0x4000
    mov ebp, 20
    again: enter 0x10, 0
    leave
    mov ecx, ebp
    shld [esi+edi*4+8], edx, cl
    shrd [esi+edi*2+4], ebx, cl
    lock cmpxchg [esi+edi*4+8], edx
    add edx, 0x1234567
    inc edi
    dec ebp
    jne again
    hlt`);
  together(slow, twinOf(slow), 1000);
  const wide = table.filter(({ operands }) =>
    operands.filter(({ method }) => method === 'I').length > 1
    && operands.some(({ method }) => 'AEJMOQW'.includes(method)));
  expect(wide).toEqual([]);
});

test('more shapes than a record can tell apart', () => {
  const slow = load(`mov ebp, 50
    jmp again
    at: .fill 0x1ff8 - at, 0x90
    again: add ebx, 0x12345
    add edx, 0x12345
    dec ebp
    jne again
    hlt`);
  const twin = twinOf(slow);
  twin.translator.contexts.all.length = MOST_SHAPES;
  together(slow, twin, 7);
  expect(twin.translator.counts.decoded).toBe(0);
});

test.each(['fib', 'sieve', 'copy', 'spill', 'rings', 'kernel',
  'tasks', 'v86', 'triple'])('%s', (name) => {
  const text = readFileSync(`src/guests/${name}.asm`, 'utf8');
  const slow = load(text);
  together(slow, twinOf(slow), 997, 20_000);
});

test('a program on level 3 has a view of its own', () => {
  const slow = load(`mov ecx, 400
    again: inc dword ptr [0x5000]
    loop again
    end: jmp end`);
  slow.set(CPL, 3);
  together(slow, twinOf(slow), 997, 5_000);
  expect(slow.phys.read32(0x5000)).toBe(400);
});

test('data beside code is no reason to decode again', () => {
  const { cpu, translator } = loadTwin(`mov ecx, 300
    again: inc dword ptr [0x1800]
    loop again
    hlt`);
  expect(cpu.run(10_000)).toBe('halted');
  expect(translator.counts).toMatchObject({ dropped: 0, decoded: 4 });
});

const MAPPED = `
  mov ecx, 30
again: mov al, [0x400000+0x3000]
  add edx, eax
  cmp ecx, 10
  jne on
  mov dword ptr [0x2000+12], 0x6003
  invlpg [0x400000+0x3000]
on: loop again
  mov dword ptr [0x2000+12], 0
  invlpg [0x400000+0x3000]
  mov al, [0x400000+0x3000]
  hlt`;

/** Pages 0 to 15 are where they are; page 0x403 is page 5. */
function mapped(program = MAPPED): Cpu {
  const cpu = load(program);
  const { phys } = cpu;
  for (let n = 0; n < 16; n++) {
    phys.write32(0x9000 + 4 * n, n << 12 | 3);
  }
  [[0x7000, 0x9003], [0x7004, 0x2003], [0x200c, 0x5003],
    [0x5000, 5], [0x6000, 6]].forEach(([at = 0, value = 0]) =>
    phys.write32(at, value));
  cpu.set(CR3, 0x7000);
  cpu.set(CR0, 0x8001_0001);
  return cpu;
}

test('a page that moves or goes is not found where it was', () => {
  const slow = mapped();
  const twin = twinOf(slow);
  together(slow, twin, 50);
  expect(twin.cpu.lastTrap?.vector).toBe(slow.lastTrap?.vector);
  expect(slow.lastTrap).toBeDefined();
});

const TURNS = `
  mov ecx, 60
  mov edx, 0x403000
again: mov eax, 0x5023
  test ecx, 1
  jz on
  mov eax, 0x6023
on: mov dword ptr [0x2000+12], eax
  invlpg [0x400000+0x3000]
  call edx
  loop again
  hlt`;

test.each([1, 7, 5000])('two frames take turns: %s', (cut) => {
  const slow = mapped(TURNS);
  for (const frame of [0x5000, 0x6000]) {
    // jmp over two bytes; add ebx, frame >> 12; ret
    const code = [0xeb, 2, 0xcc, 0xcc, 0x83, 0xc3, frame >> 12, 0xc3];
    slow.phys.writeBytes(frame, Uint8Array.from(code));
  }
  slow.set(EBX, 0);
  together(slow, twinOf(slow), cut);
  expect(slow.get(EBX)).toBe(30 * 5 + 30 * 6);
});
