import { expect, test } from 'vitest';
import { assemble } from '#book/x86/assemble.ts';
import { Contexts } from '#book/x86/fast/contexts.ts';
import type { Shapes } from '#book/x86/fast/shapes.ts';
import { State } from '#book/machine/fields.ts';
import { flat, layout } from '#book/x86/state.ts';
import { census } from './census.ts';

function shapes(): Shapes {
  const state = new State(layout);
  flat(state);
  const context = new Contexts(state).now();
  if (!context) throw new Error('no context');
  return context.shapes;
}

const bytesOf = (lines: string[]): Uint8Array =>
  Uint8Array.from(lines.flatMap((line) =>
    [...assemble(line, 0, 32)]));

test('numbers and registers make no shapes', () => {
  const code = bytesOf(['mov eax, 1', 'inc eax', 'mov ebx, 700',
    'inc edi', 'mov ecx, eax', 'mov edx, [ebx+4]', 'inc ecx']);
  expect([...census(code, shapes()).values()].sort())
    .toEqual([1, 1, 2, 3]);
});

test('what is looked into does', () => {
  const code = bytesOf(['shl eax, 3', 'shl ebx, 3', 'shl ecx, 4']);
  expect([...census(code, shapes()).values()].sort())
    .toEqual([1, 2]);
});

test('nothing is learned twice', () => {
  const known = shapes();
  let learned = 0;
  const learn = known.learn.bind(known);
  known.learn = (...args) => {
    learned++;
    return learn(...args);
  };
  const code = bytesOf(['mov eax, 1', 'mov eax, 2', 'mov eax, 3']);
  expect([...census(code, known).values()]).toEqual([3]);
  expect(learned).toBe(1);
});
