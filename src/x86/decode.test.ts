import { expect, test } from 'vitest';
import { decode } from './decode.ts';
import type { Mode } from './insn.ts';
import { CS, DS, EBX, EBP, ECX, ES, ESI, SS } from './insn.ts';
import { table } from './opcodes.ts';

function at(mode: Mode, hex: string) {
  const bytes = hex.split(' ').map(b => parseInt(b, 16));
  return decode(i => {
    const byte = bytes[i];
    if (byte === undefined) throw new Error('read too far');
    return byte;
  }, mode);
}

test.each([
  ['90', 1, 1], ['0f a2', 2, 2], ['01 c3', 2, 2], ['6a ff', 2, 2],
  ['b8 01 00 00 00', 5, 3], ['66 b8 01 00 00 00', 4, 6],
  ['8b 05 01 02 03 04', 6, 2], ['8b 06 01 02', 2, 4],
  ['8b 44 24 04', 4, 3], ['8b 04 25 01 02 03 04', 7, 2],
  ['8b 84 8b 01 02 03 04', 7, 4], ['67 8b 47 fe', 4, 4],
  ['c8 10 00 01', 4, 4], ['9a 01 02 03 04 05 06', 7, 5],
  ['f6 c1 01', 3, 3], ['f6 d1', 2, 2], ['f7 c1 01 00 00 00', 6, 4],
  ['66 26 81 84 8b 00 01 00 00 34 12', 11, 10],
  ['a1 01 02 03 04', 5, 3], ['0f 04 05', 3, 3],
])('%s has %i bytes, %i in 16-bit mode', (hex, in32, in16) => {
  const padded = `${hex}${' 00'.repeat(8)}`;
  expect(at(32, in32 <= hex.split(' ').length ? hex : padded).length)
    .toBe(in32);
  expect(at(16, padded).length).toBe(in16);
});

const place = (mode: Mode, hex: string) => {
  const { base, idx, scale, disp, seg } = at(mode, hex).operands[1]!;
  return [base, idx, scale, disp, seg];
};

test.each([
  [32, '8b 03', [EBX, -1, 1, 0, DS]],
  [32, '8b 45 80', [EBP, -1, 1, -128, SS]],
  [32, '2e 8b 45 80', [EBP, -1, 1, -128, CS]],
  [32, '8b 05 fc ff ff ff', [-1, -1, 1, -4, DS]],
  [32, '8b 04 24', [4, -1, 1, 0, SS]],
  [32, '8b 04 8b', [EBX, ECX, 4, 0, DS]],
  [32, '8b 04 cd 01 00 00 00', [-1, ECX, 8, 1, DS]],
  [32, '8b 44 cd 01', [EBP, ECX, 8, 1, SS]],
  [16, '8b 00', [EBX, ESI, 1, 0, DS]],
  [16, '8b 02', [EBP, ESI, 1, 0, SS]],
  [16, '8b 06 fe ff', [-1, -1, 1, -2, DS]],
  [16, 'a1 fe ff', [-1, -1, 1, -2, DS]],
  [32, '67 a1 fe ff', [-1, -1, 1, -2, DS]],
  [32, 'a1 fe ff ff ff', [-1, -1, 1, -2, DS]],
  [16, '26 8b 46 fe', [EBP, -1, 1, -2, ES]],
  [16, '67 8b 04 8b', [EBX, ECX, 4, 0, DS]],
] as const)('in %i-bit mode, %s', (mode, hex, wanted) => {
  expect(place(mode, hex)).toEqual(wanted);
});

test.each([
  ['6a ff', 0, 0xffff_ffff], ['66 6a ff', 0, 0xffff],
  ['cd ff', 0, 0xff], ['83 c0 80', 1, 0xffff_ff80],
  ['66 83 c0 80', 1, 0xff80], ['04 80', 1, 0x80], ['d1 e0', 1, 1],
  ['05 00 00 00 80', 1, 0x8000_0000], ['c2 fc ff', 0, 0xfffc],
])('the constant of %s', (hex, which, value) => {
  expect(at(32, hex).operands[which]?.value).toBe(value);
});

test('distances are signed, far pointers have both halves', () => {
  expect(at(32, 'eb fe').operands[0]?.disp).toBe(-2);
  expect(at(32, 'e8 00 00 00 80').operands[0]?.disp).toBe(-(2 ** 31));
  expect(at(16, 'e9 ff ff').operands[0]?.disp).toBe(-1);
  const far = at(32, 'ea 44 33 22 91 18 e0').operands[0];
  expect(far).toMatchObject({ index: 0xe018, value: 0x9122_3344 });
});

test.each([
  'd6', '0f 0a', 'fe d0', 'ff f8', '8e c8', '8c f0', '8d c0', 'c5 c0',
  '0f 20 c8', '0f c7 c8', 'dd c8', '66 0f 2b c0', 'f2 0f 6f c0',
  '0f 01 d0', '8f c8', 'c6 c8', '0f ba c0', '0f 05',
])('%s is undefined', hex => {
  const insn = at(32, hex);
  expect([insn.mnemonic, insn.fault]).toEqual(['(bad)', 6]);
});

test('LOCK wants to read and write memory', () => {
  expect(at(32, 'f0 01 03').fault).toBe(0);
  expect(at(32, 'f0 0f c7 0b').fault).toBe(0);
  expect(at(32, 'f0 01 c3').fault).toBe(6);
  expect(at(32, 'f0 39 03').fault).toBe(6);
  expect(at(32, 'f0 8b 03').fault).toBe(6);
});

test('fifteen bytes are the limit, also for prefixes', () => {
  expect(at(32, `${'66 '.repeat(14)}90`)).toMatchObject(
    { length: 15, fault: 0 });
  expect(at(32, `${'66 '.repeat(15)}90`).fault).toBe(13);
  expect(at(32, `${'2e '.repeat(10)}81 05 00 00 00 00`).fault).toBe(13);
});

test.each([
  ['0f 58 c1', 'addps'], ['66 0f 58 c1', 'addpd'],
  ['f3 0f 58 c1', 'addss'], ['f2 0f 58 c1', 'addsd'],
  ['66 f3 0f 58 c1', 'addss'], ['f2 f3 0f 58 c1', 'addss'],
  ['f3 f2 66 0f 58 c1', 'addsd'], ['f3 90', 'pause'], ['f2 90', 'nop'],
  ['66 90', 'xchg'], ['f3 0f bc c1', 'bsf'], ['f3 c3', 'ret'],
])('%s is %s', (hex, name) => {
  expect(at(32, hex).mnemonic).toBe(name);
});

test('of two segments the last one counts', () => {
  expect(at(32, '26 2e 8b 03').operands[1]?.seg).toBe(CS);
  expect(at(32, '2e 26 8b 03').operands[1]?.seg).toBe(ES);
});

test('64-bit mode', () => {
  expect(at(64, '48 8b 05 01 00 00 00')).toMatchObject(
    { opSize: 64, length: 7 });
  expect(at(64, '4d 8b 04 8c').operands[1]).toMatchObject(
    { base: 12, idx: 1 });
  expect(at(64, '50').operands[0]?.bits).toBe(64);
  expect(at(64, '48 b8 01 02 03 04 05 06 07 08').operands[1])
    .toMatchObject({ value: 0x0403_0201, high: 0x0807_0605 });
  expect(at(64, '48 05 ff ff ff ff').operands[1]).toMatchObject(
    { value: 0xffff_ffff, high: 0xffff_ffff });
  expect(at(64, '27').fault).toBe(6);
  expect(at(64, '0f 05').mnemonic).toBe('syscall');
});

test('what fetch throws comes out again', () => {
  const code = [0x66, 0x26, 0x81, 0x84, 0x8b, 0, 1, 0, 0, 0x34, 0x12];
  for (let end = 0; end < code.length; end++) {
    const fault = new Error(`page fault at ${end}`);
    expect(() => decode(i => {
      if (i === end) throw fault;
      return code[i] ?? 0;
    }, 32)).toThrow(fault);
  }
});

test('the table has no two rows of the same text', () => {
  const texts = table.map(r => r.text);
  expect(new Set(texts).size).toBe(texts.length);
});
