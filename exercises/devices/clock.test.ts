import { expect, test } from 'vitest';
import { Pc } from '#book/x86/pc/board.ts';
import { assembleProgram } from '#book/x86/program.ts';
import { enterFlat } from '#book/x86/pc/reset.ts';
import { Clock } from './clock.ts';

test('nothing is due on an empty board', () => {
  expect(new Clock(() => 5).due()).toBe(Infinity);
});

test('the earliest is due; all are asked, with one time', () => {
  let now = 10;
  const clock = new Clock(() => now++);
  const asked: number[][] = [];
  for (const [n, due] of [[0, 30], [1, 20], [2, Infinity]] as const) {
    clock.add({
      due: () => due, elapse: (at) => { asked.push([n, at]); },
    });
  }
  expect(clock.due()).toBe(20);
  clock.elapse();
  expect(asked).toEqual([[0, 10], [1, 10], [2, 10]]);
});


test('the machine ticks on it', () => {
  const source = `
    mov al, 0x34
    out 0x43, al
    mov al, 0x9c
    out 0x40, al
    mov al, 0x2e
    out 0x40, al
    cli
    hlt`;
  const pc = new Pc({
    memory: 2 ** 20, serial: () => {}, ports: new Map(),
  });
  const { bytes } = assembleProgram(source,
    { origin: 0x8000, mode: 32 });
  pc.phys.writeBytes(0x8000, bytes);
  enterFlat(pc.cpu, 0x8000, []);
  expect(pc.run()).toBe('halted');
  expect(pc.clock).toBeInstanceOf(Clock);
  expect(pc.clock.due()).toBeGreaterThan(11_930 * 32);
  expect(pc.clock.due()).toBeLessThan(11_940 * 32);
});
