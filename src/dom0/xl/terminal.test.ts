import { expect, test } from 'vitest';
import { plainLines } from './terminal.ts';

test.each([
  [['a\r\nb\n\rc\n'], 'a\nb\nc\n'], [['a\r', '\nb'], 'a\nb'],
  [['10%\r', '20%\r', '\n'], '10%\r20%\n'],
  [['\n\r\n\rx'], '\n\nx'], [['a\n', '\r', 'b'], 'a\nb'],
])('%j', (pieces, expected) => {
  const plain = plainLines();
  const out = pieces.map(piece =>
    new TextDecoder().decode(plain(new TextEncoder().encode(piece))));
  expect(out.join('')).toBe(expected);
});
