import { expect, test } from 'vitest';
import { ECX, makeToy, meaning, step } from '#book/toy/machine.ts';
import { loop } from './loop.ts';

function after(ecx: number, zf: boolean, ...code: number[]) {
  meaning.set(0xe2, loop);
  const m = makeToy(0x100, () => {});
  m.memory.set([0xe2, ...code], 0x40);
  m.reg[ECX] = ecx;
  Object.assign(m, { eip: 0x40, zf });
  expect(step(m)).toBeUndefined();
  return { eip: m.eip, ecx: m.reg[ECX], zf: m.zf };
}

test('it jumps back while ecx is not zero', () => {
  expect(after(3, false, 0xf0))
    .toEqual({ eip: 0x32, ecx: 2, zf: false });
});

test('it goes on when ecx becomes zero, past the distance', () => {
  expect(after(1, false, 0xf0))
    .toEqual({ eip: 0x42, ecx: 0, zf: false });
});

test('it leaves the zero flag alone', () => {
  expect(after(1, false, 4).zf).toBe(false);
  expect(after(2, true, 4).zf).toBe(true);
});

test('it starts from zero by going around', () => {
  expect(after(0, true, 4))
    .toEqual({ eip: 0x46, ecx: 0xffff_ffff, zf: true });
});

test('a distance outside the fence leaves ecx alone', () => {
  meaning.set(0xe2, loop);
  const m = makeToy(0x100, () => {});
  m.memory[0xff] = 0xe2;
  m.reg[ECX] = 3;
  m.eip = 0xff;
  expect(step(m)?.why).toBe('fence');
  expect([m.eip, m.reg[ECX]]).toEqual([0xff, 3]);
});
