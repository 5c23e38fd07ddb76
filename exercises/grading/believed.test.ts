import { expect, test } from 'vitest';
import { believed } from './believed.ts';

const tests = ['one', 'two words', 'three'];
const judge = (...lines: string[]): string[] =>
  believed(lines, '7f3a', tests);

test('what was said', () => {
  expect(judge('7f3a pass three', '7f3a fail one',
    '7f3a pass two words', '7f3a done'))
    .toEqual(['two words', 'three']);
  expect(judge('7f3a pass one')).toEqual(['one']);
  expect(judge()).toEqual([]);
});
test('another voice', () => {
  expect(judge('7f3a pass one', 'pass three', '7f3a done')).toEqual([]);
  expect(judge('7f3a pass one', ' 7f3a pass three')).toEqual([]);
  expect(judge('7f3a7f3a pass one', '7f3a done')).toEqual([]);
  expect(judge('7f3a pass one', '7f3b pass three 7f3a')).toEqual([]);
});
test('after the end', () => {
  expect(judge('7f3a pass one', '7f3a done', '7f3a pass three', 'x'))
    .toEqual(['one']);
});
test('twice, both ways, and never heard of', () => {
  expect(judge('7f3a pass one', '7f3a pass one', '7f3a pass four'))
    .toEqual(['one']);
  expect(judge('7f3a pass one', '7f3a fail one')).toEqual([]);
  expect(judge('7f3a fail one', '7f3a pass one')).toEqual([]);
});
