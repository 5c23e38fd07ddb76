import { expect, test } from 'vitest';
import { load } from '#book/x86/bare.ts';
import { reflect } from './reflect.ts';

const FRAME = 0x7000;

function reflected(flags: number, sp: number, ip = 0x20) {
  const cpu = load('nop');
  const { phys } = cpu;
  phys.write16(4 * 0x21, 0x1234);
  phys.write16(4 * 0x21 + 2, 0x0456);
  [ip, 0x108, flags, sp, 0x300].forEach((value, n) =>
    phys.write32(FRAME + 4 * n, value));
  reflect(cpu, FRAME, 0x21, 2);
  const after = [0, 1, 2, 3, 4].map((n) => phys.read32(FRAME + 4 * n));
  return { after, phys };
}

test('it goes on at the vector’s address', () => {
  const { after } = reflected(0x2_0002, 0x100);
  expect(after).toEqual([0x1234, 0x456, 0x2_0002, 0xfa, 0x300]);
});

test('the guest’s stack holds IP, CS and FLAGS', () => {
  const { phys } = reflected(0x2_0246, 0x100);
  const words = [0x30fa, 0x30fc, 0x30fe].map((at) => phys.read16(at));
  expect(words).toEqual([0x22, 0x108, 0x246]);
});

test('IF and TF are cleared, all else stays', () => {
  expect(reflected(0x2_3fd7, 0x100).after[2]).toBe(0x2_3cd7);
});

test('both pointers wrap at 64 KiB', () => {
  const { after, phys } = reflected(0x2_0002, 2, 0xffff);
  expect(after[3]).toBe(0xfffc);
  expect(phys.read16(0x3000 + 0xfffc)).toBe(1);
  expect(phys.read16(0x3000)).toBe(2);
});
