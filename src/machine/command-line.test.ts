import { expect, test } from 'vitest';
import { BadUsage, parseWords } from './command-line.ts';

const usual = { seed: 1, only: '', quiet: false, of: ['a', 'b'] };

test('a command line over the usual values', () => {
  expect(parseWords([], usual)).toEqual({ values: usual, files: [] });
  const words = ['x', '--seed=7', '--of', 'c', '--quiet', '--of', 'd'];
  expect(parseWords(words, usual)).toEqual({ files: ['x'], values: {
    seed: 7, only: '', quiet: true, of: ['c', 'd'] } });
});

test.each([
  [['--sed', '7'], 'there is no option --sed'],
  [['-s'], 'there is no option -s'],
  [['--seed'], '--seed needs a value'],
  [['--seed', '1e6x'], '--seed: 1e6x is not a whole number'],
  [['--toString'], 'there is no option --toString'],
])('%s is refused', (words, message) => {
  expect(() => parseWords(words, usual)).toThrow(new BadUsage(message));
});
