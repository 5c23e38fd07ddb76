import { expect, test } from 'vitest';
import { load } from '#book/x86/bare.ts';
import { setSegment } from '#book/x86/segment.ts';
import { CPL, CR0, EFLAGS, TR } from '#book/x86/state.ts';
import { checkPorts } from './ports.ts';

interface Set { flags?: number; limit?: number; cr0?: number;
  rights?: number; cpl?: number }

/** Whether a program may touch these ports. */
function may(port: number, bytes: number, map: number, set: Set = {}) {
  const cpu = load('nop');
  const { flags = 2, limit = 0xff, cr0 = 1, cpl = 3 } = set;
  cpu.phys.write16(0x3000 + 102, 104);
  cpu.phys.write32(0x3000 + 104, map);
  cpu.state.set(CR0, cr0);
  cpu.state.set(CPL, cpl);
  cpu.state.set(EFLAGS, flags);
  const rights = set.rights ?? 0x8b;
  setSegment(cpu, TR, 0x28, { base: 0x3000, limit, rights });
  cpu.evaluator.begin();
  try {
    checkPorts(cpu, port, bytes);
    return true;
  } catch (thrown) {
    expect(thrown).toMatchObject({ vector: 13, code: 0 });
    return false;
  }
}

test('one bit, one port', () => {
  expect(may(3, 1, 0x8)).toBe(false);
  expect(may(3, 1, ~0x8)).toBe(true);
});

test('all ports of a wide access, over a byte boundary', () => {
  expect(may(6, 4, 0x200)).toBe(false);
  expect(may(6, 4, 0x400)).toBe(true);
  expect(may(7, 2, 0x100)).toBe(false);
});

test('who need not ask', () => {
  expect(may(3, 1, -1, { flags: 0x3002 })).toBe(true);
  expect(may(3, 1, -1, { cpl: 0 })).toBe(true);
  expect(may(3, 1, -1, { cr0: 0, cpl: 0 })).toBe(true);
  expect(may(3, 1, -1, { flags: 0x1002, cpl: 2 })).toBe(false);
});

test('a virtual machine asks whatever IOPL says', () => {
  expect(may(3, 1, -1, { flags: 0x2_3002 })).toBe(false);
  expect(may(3, 1, 0, { flags: 0x2_3002 })).toBe(true);
});

test('the limit of the TSS', () => {
  expect(may(0, 1, 0, { limit: 105 })).toBe(true);
  expect(may(0, 1, 0, { limit: 104 })).toBe(false);
  expect(may(0, 1, 0, { limit: 102 })).toBe(false);
  expect(may(0xffff, 1, 0)).toBe(false);
  expect(may(3, 1, 0, { rights: 0x83 })).toBe(false);
});
