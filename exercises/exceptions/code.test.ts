import { expect, test } from 'vitest';
import { describe as say } from './code.ts';

test.each([
  [0, 'none'], [1, 'none external'], [0x10, 'GDT 2'],
  [0x11, 'GDT 2 external'], [0x0c, 'LDT 1'], [0x6a, 'IDT 13'],
  [0x6b, 'IDT 13 external'], [0xfff8, 'GDT 8191'], [4, 'LDT 0'],
  [2, 'IDT 0'],
])('%i', (code, words) => {
  expect(say(code)).toBe(words);
});
