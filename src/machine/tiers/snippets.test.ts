import { expect, test } from 'vitest';
import type { Template } from '../record/template.ts';
import { cut, Snippets } from './snippets.ts';

test('numbers are cut out where they were written', () => {
  const code = Uint8Array.of(9, 0x41, 0x85, 0x01, 0x6a, 0x41, 7, 0x6a);
  const pieces = cut(code, 1, [
    { gap: { is: 'pc' }, from: 2, to: 4 },
    { gap: { is: 'unspent' }, from: 6, to: 7 },
  ]);
  expect(pieces.map(({ bytes }) => [...bytes]))
    .toEqual([[0x41], [0x6a, 0x41], [0x6a]]);
  expect(pieces.map(({ gap }) => gap?.is))
    .toEqual(['pc', 'unspent', undefined]);
});

test('when there are too many, all go', () => {
  const template = {} as Template;
  const snippet = { pieces: [], after: undefined };
  const snippets = new Snippets(2);
  const known = (): boolean[] => [1, 2, 3].map((key) =>
    snippets.get(template, key) !== undefined);
  for (const key of [1, 2]) snippets.set(template, key, snippet);
  expect(known()).toEqual([true, true, false]);
  snippets.set(template, 3, snippet);
  expect(known()).toEqual([false, false, true]);
});
