import { expect, test } from 'vitest';
import { makeToy, step } from '#book/toy/machine.ts';
import { assembleProgram } from '#book/x86/program.ts';
import { source } from './countdown.ts';

test('it counts down and stops', () => {
  let said = '';
  const m = makeToy(0x1000, (_, byte) => {
    said += String.fromCharCode(byte);
  });
  m.memory.set(assembleProgram(source).bytes);
  for (let n = 0; n < 1000 && !m.halted; n++) {
    expect(step(m)).toBeUndefined();
  }
  expect(said).toBe('9876543210');
  expect(m.halted).toBe(true);
});

test('in thirteen bytes', () => {
  expect(assembleProgram(source).bytes.length).toBeLessThanOrEqual(13);
});

test('wherever it stands', () => {
  const at = (origin: number) => assembleProgram(source, { origin });
  expect(at(0x7c00).bytes).toEqual(at(0).bytes);
});
