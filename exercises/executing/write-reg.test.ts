import { expect, test } from 'vitest';
import { Printer } from '#book/machine/print.ts';
import { load } from '#book/x86/bare.ts';
import { EAX, EBP, EBX, ECX } from '#book/x86/state.ts';
import { writeReg } from './write-reg.ts';

const parts = [
  ['AL', 0, 8, EAX, 0x1122_33dd, 3, 1],
  ['CL', 1, 8, ECX, 0x1122_33dd, 3, 1],
  ['CH', 5, 8, ECX, 0x1122_dd44, 4, 2],
  ['BP', 5, 16, EBP, 0x1122_ccdd, 3, 1],
  ['EBP', 5, 32, EBP, 0xaabb_ccdd, 0, 0],
] as const;

test.each(parts)('%s', (_name, index, bits, field, value) => {
  const cpu = load('nop');
  const b = cpu.evaluator;
  cpu.set(field, 0x1122_3344);
  b.begin();
  writeReg(b, index, bits, b.i32.const(0xaabb_ccdd));
  expect(cpu.get(field)).toBe(value);
});

/** What stands to the right of each operation: names, numbers. */
function told(index: number, bits: number): string[][] {
  const printer = new Printer(load('nop').state);
  const b = printer.asBuilder();
  writeReg(b, index, bits, b.get(EBX));
  return printer.lines.flatMap((line) => {
    const found = /= [a-z]+\d+\.\w+ (.*)$/.exec(line);
    return found?.[1] === undefined ? [] : [found[1].split(', ')];
  });
}

test.each(parts)('operations of %s', (...part) => {
  const [, index, bits, , , most] = part;
  expect(told(index, bits).length).toBeLessThanOrEqual(most);
});

test.each(parts)('numbers of %s', (...part) => {
  const [, index, bits, , , , most] = part;
  const numbers = told(index, bits).flat()
    .filter((text) => /^-?\d+$/.test(text));
  expect(new Set(numbers).size).toBeLessThanOrEqual(most);
});

test('a program runs on it', () => {
  const cpu = load(`mov ecx, 0x300
    mov cl, 5
    mov ch, 0
    again: lea eax, [eax+3]
    mov bh, al
    loop again
    hlt`);
  expect(cpu.run(100)).toBe('halted');
  expect([cpu.get(EAX), cpu.get(EBX)]).toEqual([15, 0x0f00]);
});
