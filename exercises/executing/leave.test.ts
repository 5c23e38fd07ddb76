import { expect, test } from 'vitest';
import { Printer } from '#book/machine/print.ts';
import { load } from '#book/x86/bare.ts';
import { decode } from '#book/x86/decode.ts';
import { EBP, EIP, ESP, SEG, SS } from '#book/x86/state.ts';
import { leave } from './leave.ts';

function after(bytes: number[], wide = true) {
  const cpu = load('nop');
  if (!wide) cpu.set(SEG[SS].rights, 0x93);
  cpu.set(ESP, 0x1234_7000);
  cpu.set(EBP, wide ? 0x6000 : 0x5678_6000);
  cpu.phys.write32(0x6000, 0xdead_beef);
  const insn = decode((n) => bytes[n] ?? 0, 32);
  cpu.evaluator.begin();
  leave(cpu.evaluator, insn);
  cpu.evaluator.finish(insn.length);
  return [cpu.get(ESP), cpu.get(EBP), cpu.get(EIP)];
}

test('32 bits', () => {
  expect(after([0xc9])).toEqual([0x6004, 0xdead_beef, 0x1001]);
});

test('an operand size of 16 pops BP and moves ESP', () => {
  expect(after([0x66, 0xc9])).toEqual([0x6002, 0xbeef, 0x1002]);
});

test('a 16-bit stack leaves the upper half of ESP alone', () => {
  expect(after([0xc9], false))
    .toEqual([0x1234_6004, 0xdead_beef, 0x1001]);
});

test('it can be told to any builder', () => {
  const printer = new Printer(load('nop').state);
  const insn = decode(() => 0xc9, 32);
  leave(printer.asBuilder(), insn);
  expect(printer.lines.at(-1)).toMatch(/^ebp = t/);
});
