import { expect, test } from 'vitest';
import { EAX, meaning, type Toy } from '#book/toy/machine.ts';
import { holes } from './holes.ts';

const added = (act: (m: Toy) => void, opcode = 0x9d): number[] => {
  meaning.set(opcode, act);
  try { return holes(true); } finally { meaning.delete(opcode); }
};

test('the kind machine has none', () => {
  expect(holes(true)).toEqual([]);
});

test('the unkind machine has one', () => {
  expect(holes(false)).toEqual([0x8c]);
});

test('an instruction that is ignored in ring 3 is a hole', () => {
  expect(added((m) => { if (m.ring === 0) m.halted = true; }))
    .toEqual([0x9d]);
});

test('so is one that writes or says something else', () => {
  expect(added((m) => { m.memory[0x80] = m.ring; })).toEqual([0x9d]);
  expect(added((m) => m.out(1, m.ring))).toEqual([0x9d]);
  expect(added((m) => { m.zf = m.ring === 3; })).toEqual([0x9d]);
});

test('so is one that shows it in some states only', () => {
  expect(added((m) => { if (m.zf) m.reg[0] = m.ring; }))
    .toEqual([0x9d]);
  expect(added((m) => { if (!m.zf) m.reg[0] = m.ring; }))
    .toEqual([0x9d]);
});

test('one that does the same in both rings is none', () => {
  expect(added((m) => { m.reg[EAX] = 7; })).toEqual([]);
});

test('holes come in the order of their bytes', () => {
  meaning.set(0x0e, (m) => { m.reg[0] = m.ring; });
  try { expect(holes(false)).toEqual([0x0e, 0x8c]); }
  finally { meaning.delete(0x0e); }
});
