import { expect, test } from 'vitest';
import {
  type Case, makeCase, testable,
} from './campaign/cases.ts';
import { makeCpu, type Outcome, runOurs } from './campaign/ours.ts';
import { Values } from './campaign/values.ts';

const site = { window: 0x8800, eip: 0xa800, segments: true };
const FAULT = 0x7e;

const cpu = makeCpu(site.window);

/** Which access faults, and how many there have been. */
const sabotage = { at: -1, seen: 0 };
const { translate } = cpu.memory;
cpu.memory.translate = function (va, access) {
  if (sabotage.seen++ === sabotage.at) {
    throw cpu.evaluator.raise(FAULT);
  }
  return translate.call(this, va, access);
};

function run(test: Case, at: number): Outcome | undefined {
  Object.assign(sabotage, { at, seen: 0 });
  return runOurs(cpu, site.window, test);
}

/** Lets access `n` fault; false if there is no such access. */
function tryFault(test: Case, plain: Outcome, n: number): boolean {
  const first = run(test, n);
  if (!first || sabotage.seen <= n) return false;
  const { regs, eflags, eip } = test.before;
  expect({ ...first, after: { ...first.after, memory: [] } })
    .toEqual({ trap: FAULT, after: { regs, eflags, eip, memory: [] } });
  const before = { ...test.before, memory: first.after.memory };
  expect(run({ ...test, before }, -1)).toEqual(plain);
  return true;
}

test('a fault at any access leaves no trace', () => {
  const values = new Values(5);
  let faults = 0;
  for (const row of testable) {
    for (let n = 0; n < 8; n++) {
      const size = n % 2 === 0 ? 32 : 16;
      const test = makeCase(row, size, values, site);
      const plain = test && run(test, -1);
      if (!test || !plain) continue;
      for (let k = 0; tryFault(test, plain, k); k++) faults++;
    }
  }
  expect(faults).toBeGreaterThan(1000);
}, 60_000);
