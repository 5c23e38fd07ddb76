import { expect, test } from 'vitest';
import { load } from '#book/x86/bare.ts';
import { DR } from '#book/x86/state.ts';
import { breakpoints } from './breakpoints.ts';

function listed(dr7: number, ...addresses: number[]) {
  const cpu = load('nop');
  addresses.forEach((at, n) =>
    cpu.state.set(DR[n as 0 | 1 | 2 | 3], at));
  cpu.state.set(DR[7], dr7);
  return breakpoints(cpu);
}

test('none', () => {
  expect(listed(0x400, 1, 2, 3, 4)).toEqual([]);
});

test('local or global', () => {
  expect(listed(0x401, 0x1234)).toEqual(
    [{ n: 0, at: 0x1234, kind: 0, bytes: 1 }]);
  expect(listed(0x480, 0, 0, 0, 0x99)).toEqual(
    [{ n: 3, at: 0x99, kind: 0, bytes: 1 }]);
});

test('kinds and lengths', () => {
  const list = listed(0xfd51_0455, 0x1001, 0x2001, 0x3001, 0x4003);
  expect(list.map((p) => [p.kind, p.bytes, p.at])).toEqual([
    [1, 1, 0x1001], [1, 2, 0x2000], [1, 4, 0x3000], [3, 4, 0x4000],
  ]);
});

test('eight bytes', () => {
  expect(listed(0x9_0401, 0x100f)).toEqual(
    [{ n: 0, at: 0x1008, kind: 1, bytes: 8 }]);
});

test('addresses are unsigned', () => {
  expect(listed(0xf_0401, 0xffff_ffff)[0]?.at).toBe(0xffff_fffc);
});
