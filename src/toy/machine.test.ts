import { expect, test } from 'vitest';
import { EDI, makeToy, step } from './machine.ts';

test('a fence holds at its edge, and a trap leaves no trace', () => {
  const m = makeToy(0x3000, () => {});
  m.memory.set([0xaa, 0xaa], 0x1000);
  Object.assign(m, { ring: 3, base: 0x1000, limit: 0x1000 });
  m.reg[EDI] = 0xfff;
  m.reg[0] = 0x55;
  expect(step(m)).toBeUndefined();
  expect(m.memory[0x1fff]).toBe(0x55);
  expect(step(m)?.why).toBe('fence');
  expect(m.memory[0x2000]).toBe(0);
  expect([m.eip, m.reg[EDI], m.retired]).toEqual([1, 0x1000, 1]);
});
