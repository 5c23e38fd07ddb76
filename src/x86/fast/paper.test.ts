import { expect, test } from 'vitest';
import { Hole, Looked } from '../../machine/record/hole.ts';
import { Recorder } from '../../machine/record/recorder.ts';
import { CAME } from '../../machine/record/straight.ts';
import type { Template } from '../../machine/record/template.ts';
import { type Case, makeCase, testable } from '../campaign/cases.ts';
import { makeCpu } from '../campaign/ours.ts';
import { Values } from '../campaign/values.ts';
import { outside, WINDOW } from '../campaign/window.ts';
import type { Insn } from '../insn.ts';
import { writeEflags } from '../flags.ts';
import { meaningOf } from '../meaning/index.ts';
import type { Row } from '../opcodes.ts';
import { EAX, EBX, ECX, EIP, GPR } from '../state.ts';
import { page, runStraight, show } from './paper.kit.ts';
import { onPaper } from './paper.ts';

const BASE = 0x8000;
const SITE = { window: BASE, eip: BASE, segments: false };
const cpu = makeCpu(BASE);

function place({ before }: Case): void {
  GPR.forEach((reg, n) => cpu.set(reg, before.regs[n] ?? 0));
  cpu.set(EIP, before.eip);
  cpu.evaluator.begin();
  writeEflags(cpu, before.eflags, 0xcd5);
  cpu.phys.writeBytes(BASE, before.memory);
  page.set(before.memory);
}

/** Runs the reference; false: it trapped, and nothing happened. */
function refer(insn: Insn): boolean {
  const { evaluator } = cpu;
  evaluator.begin();
  try {
    meaningOf(insn)(evaluator, insn);
    evaluator.finish(insn.length);
    return true;
  } catch (thrown) {
    evaluator.undo();
    if (thrown !== evaluator.pending) throw thrown;
    return false;
  }
}

interface Open { readonly insn: Insn; readonly holes: number[] }

/** Leaves displacements, immediates and the length open. */
function opened(insn: Insn): Open {
  const holes = [insn.length];
  const leave = (value: number): number =>
    new Hole(holes.push(value) - 1).asNumber();
  const operands = insn.operands.map((o) => ({
    ...o, disp: leave(o.disp), value: leave(o.value),
  }));
  const length = new Hole(0).asNumber();
  return { insn: { ...insn, operands, length }, holes };
}

/** On paper, open if no meaning looks, else as it is. */
function paperOf(insn: Insn, open: boolean): [Template, number[]] {
  const { insn: wide, holes } = opened(insn);
  try {
    if (open) return [onPaper(wide, cpu.state), holes];
  } catch (thrown) {
    if (!(thrown instanceof Looked)) throw thrown;
  }
  return [onPaper(insn, cpu.state), []];
}

function compare({ insn }: Case, open: boolean): string {
  const before = cpu.state.save();
  const [template, holes] = paperOf(insn, open);
  if (template.foreign) return 'foreign';
  const worked = refer(insn);
  const after = cpu.state.save();
  cpu.state.restore(before);
  const came = runStraight(template, cpu.state, holes);
  if (came === CAME.NEXT) {
    cpu.set(EIP, cpu.get(EIP) + insn.length);
  }
  if (came === CAME.BAILED) expect(cpu.state.save()).toEqual(before);
  else {
    expect(worked).toBe(true);
    expect(cpu.state.save()).toEqual(after);
    expect(page.slice(0, WINDOW))
      .toEqual(cpu.phys.readBytes(BASE, WINDOW));
  }
  return came === CAME.BAILED ? 'bailed' : 'done';
}

/** Mnemonics of the rows, and of those that worked on paper. */
const tried = new Set<string>();
const worked = new Set<string>();

function tryRow(row: Row, values: Values): void {
  for (let n = 0; n < 4; n++) {
    const one = makeCase(row, n % 2 ? 16 : 32, values, SITE);
    if (!one || one.insn.row !== row) continue;
    place(one);
    tried.add(row.mnemonic);
    try {
      const how = compare(one, values.rarely(2));
      if (how === 'done') worked.add(row.mnemonic);
    } catch (thrown) {
      if (thrown !== outside) throw thrown;
    }
  }
}

test.each(testable)('$mnemonic, $opcode', (row) => {
  show(BASE);
  tryRow(row, new Values(row.id));
});

test('what both branches say is said after them', () => {
  const recording = new Recorder(cpu.state, EIP).record((b) => {
    const value = b.get(ECX);
    const set = (): void => b.set(EAX, value);
    b.if(b.get(EBX), set, set);
  });
  const end = recording.steps.at(-1);
  expect(end?.kind === 'end' && end.sets.map(({ ref }) => ref))
    .toEqual([EAX]);
});

test('what never worked on paper', () => {
  const never = [...tried].filter((name) => !worked.has(name));
  expect(never.sort()).toEqual(['bound', 'popf', 'pushf']);
});
