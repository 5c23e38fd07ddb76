import { expect, test } from 'vitest';
import { assembleProgram } from '../program.ts';
import { Pc } from './board.ts';
import { BadImage, load, type Loading } from './image.ts';

const LETTER = 'mov al, 0x41; out 0xe9, al; cli; hlt';
const code = (text: string, origin: number, mode: 16 | 32 = 32) =>
  assembleProgram(text.replaceAll(';', '\n'), { origin, mode }).bytes;

function said(bytes: Uint8Array, how: Partial<Loading> = {}): string {
  let text = '';
  const pc = new Pc({
    memory: 2 ** 21, serial: () => {}, ports: new Map(
      [[0xe9, (b: number) => { text += String.fromCharCode(b); }]]),
  });
  load(pc, bytes, {
    at: undefined, real: false, rom: false, command: '', ...how,
  });
  expect(pc.run(1000)).toBe('halted');
  return text;
}

/** Bytes of a size, with pieces put into them. */
function image(size: number, pieces: [number, Uint8Array][]) {
  const bytes = new Uint8Array(size);
  for (const [at, piece] of pieces) bytes.set(piece, at);
  return bytes;
}
const words = (...values: number[]): Uint8Array =>
  new Uint8Array(Uint32Array.from(values).buffer);

test('flat, in both modes', () => {
  expect(said(code(LETTER, 0x9000), { at: 0x9000 })).toBe('A');
  expect(said(code(LETTER, 0x7c00, 16), { at: 0x7c00, real: true }))
    .toBe('A');
});

test('a ROM, below 1 MiB and below 4 GiB', () => {
  const rom = image(0x10000, [
    [0x100, code(LETTER, 0x100, 16)],
    [0xfff0, code('jmp 0xf000:0x100', 0xfff0, 16)]]);
  expect(said(rom)).toBe('A');
  expect(said(rom, { rom: true })).toBe('A');
});

const SUM = (flags: number): number => -(0x1bad_b002 + flags) >>> 0;
const BY_HEADER = image(0x100, [
  [0, words(0x1bad_b002, 0x1_0000, SUM(0x1_0000), 0x10_0000,
    0x10_0000, 0, 0x10_1000, 0x10_0040)],
  [0x40, code(LETTER, 0x10_0040)]]);

const ELF = image(0x200, [
  [0, Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1, 1, 1)],
  [16, words(0x3_0002, 1, 0x10_0020, 52, 0, 0, 0x20_0034, 0x28_0001)],
  [52, words(1, 0x100, 0x10_0000, 0x10_0000, 0x100, 0x1000, 7, 1)],
  [0x100, words(0x1bad_b002, 0, SUM(0))],
  [0x120, code(`cmp eax, 0x2badb002;jne end
    mov al, [ebx+8];out 0xe9, al;end:cli;hlt`, 0x10_0020)]]);

test('multiboot, by its header and by ELF', () => {
  expect(said(BY_HEADER)).toBe('A');
  expect(said(ELF)).toBe('\0');
});

test('by the Linux boot protocol', () => {
  const kernel = image(0x800, [
    [0x1f1, Uint8Array.of(1)], [0x201, Uint8Array.of(0x66)],
    [0x202, new TextEncoder().encode('HdrS')],
    [0x206, words(0x020c)], [0x211, Uint8Array.of(1)],
    [0x214, words(0x10_0000)],
    [0x400, code('mov al, [esi+0x1e8];add al, 0x30;out 0xe9, al;hlt',
      0x10_0000)]]);
  expect(said(kernel)).toBe('4');
});

const RAMDISK = new TextEncoder().encode('ramdisk');
const MODULE = image(0x200, [[0, ELF], [0x120, code(`
  mov esi, [ebx+24];mov esi, [esi];mov al, [esi];out 0xe9, al
  mov eax, [ebx+20];add al, 0x30;out 0xe9, al;cli;hlt`,
  0x10_0020)]]);

const initrd = (version: number, last: number, unpacked: number) =>
  image(0x800, [[0x1f1, Uint8Array.of(1)], [0x201, Uint8Array.of(0x66)],
    [0x202, new TextEncoder().encode('HdrS')],
    [0x206, words(version)], [0x211, Uint8Array.of(1)],
    [0x214, words(0x10_0000)], [0x22c, words(last)],
    [0x260, words(unpacked)],
    [0x400, code(`mov ebx, [esi+0x218];mov al, [ebx];out 0xe9, al
      mov al, [esi+0x21c];add al, 0x30;out 0xe9, al;shr ebx, 20
      add bl, 0x30;mov al, bl;out 0xe9, al;hlt`, 0x10_0000)]]);

test('a file beside a kernel', () => {
  const ramdisk = RAMDISK;
  expect(said(MODULE, { ramdisk })).toBe('r1');
  expect(said(initrd(0x20c, 0x37ff_ffff, 0xf_e000), { ramdisk }))
    .toBe('r71');
  expect(said(initrd(0x202, 0, 0xff_ffff), { ramdisk })).toBe('r71');
});

test.each([
  ['takes no ramdisk: it is neither a multiboot kernel nor a Linux'
    + ' kernel', code(LETTER, 0x9000), { at: 0x9000 }],
  ['leaves 4 KiB to its ramdisk, which needs 5: more --memory?',
    initrd(0x20c, 0x37ff_ffff, 0xf_f000), {}],
  ['leaves 0 KiB to its ramdisk, which needs 5: more --memory?',
    initrd(0x20c, 0xf_ffff, 0), {}],
])('%s', (message, bytes, how) => {
  const ramdisk = new Uint8Array(4097);
  expect(() => said(bytes, { ...how, ramdisk }))
    .toThrow(new BadImage(message));
});

test('a ramdisk of no bytes', () => {
  expect(() => said(MODULE, { ramdisk: new Uint8Array() }))
    .toThrow(new BadImage('has an empty ramdisk'));
});

const cut = ELF.subarray(0, 0x180);
const amd64 = image(0x200, [[0, ELF], [4, Uint8Array.of(2)]]);
const far = image(0x200, [[0, ELF], [64, words(0x1000_0000)]]);
const headless = image(0x200, [[0, ELF], [0x100, words(0)]]);
const greedy = image(0x100, [
  [0, words(0x1bad_b002, 8, SUM(8))]]);

test.each([
  ['is truncated: it ends at 384, and should go on to 512', cut],
  ['is an ELF file, but not for IA-32', amd64],
  ['does not fit: it needs 257 MiB of memory, there are 2', far],
  ['is an ELF file without a multiboot header', headless],
  ['wants multiboot features 0x8 that are not there', greedy],
  ['is empty', new Uint8Array()],
  ['is no multiboot kernel, no Linux kernel, and no ROM; for a flat'
    + ' image say where it goes, by --at', new Uint8Array(100)],
])('%s', (message, bytes) => {
  expect(() => said(bytes)).toThrow(new BadImage(message));
});

test('a ROM of an odd size', () => {
  expect(() => said(new Uint8Array(70_000), { rom: true })).toThrow(
    'is no ROM: 70000 bytes, not a power of two');
});
