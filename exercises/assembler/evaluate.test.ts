import { expect, test } from 'vitest';
import { evaluate } from './evaluate.ts';

const names: Record<string, number> = { COUNT: 3, 'a.b': 0x100, $: 64 };
const value = (text: string) => evaluate(text, name => names[name]);

test.each([
  ['7', 7], ['0x1F', 31], ['0b101', 5], ['1_000', 1000], ["'a'", 97],
  ["'\\n'", 10], ["'+'", 43], ['COUNT', 3], ['a.b+1', 257],
  ['$-2', 62], [' ( 7 ) ', 7],
])('%s is %i', (text, wanted) => {
  expect(value(text)).toBe(wanted);
});

test.each([
  ['2+3*4', 14], ['(2+3)*4', 20], ['20-5-3', 12], ['100/7/2', 7],
  ['7%4*2', 6], ['1<<2+1', 8], ['0xff&0x0f|0x30', 0x3f],
  ['6^3&1', 7], ['1|2^2&3', 1], ['256>>4>>2', 4],
])('%s is %i, by precedence', (text, wanted) => {
  expect(value(text)).toBe(wanted);
});

test.each([
  ['-5', -5], ['-5+7', 2], ['3--2', 5], ['2*-3', -6],
  ['~0', 2 ** 32 - 1],
  ['~0&0xf0', 0xf0], ['-(2+3)*2', -10], ['- -4', 4], ['1<<31', 2 ** 31],
  ['-7/2', -3], ['0-1&0xffff', 0xffff],
])('%s is %i, with signs', (text, wanted) => {
  expect(value(text)).toBe(wanted);
});

test.each(['', '2+', '(2', '2)', '2 3', 'nobody', '*2', '@!', '()'])(
  'an error for "%s"', text => {
    expect(() => value(text)).toThrow();
  });
