import { expect, test } from 'vitest';
import { replaceSymbol } from './make-room.ts';

const text = ['export function one(): number {', '  return two();', '}',
  '', '/** Two. */', 'function two(): number {', '  return 2;', '}',
  'const three = one() + two();', ''].join('\n');

test('the lines keep their numbers', () => {
  const after = replaceSymbol('a.ts', text, 'two', './mine.ts');
  const lines = after.split('\n');
  expect(lines.slice(0, 5)).toEqual(text.split('\n').slice(0, 5));
  expect(lines[5]?.trim()).toBe('');
  expect(lines[8]).toBe('const three = one() + two();');
  expect(after).toMatch(/import \{ two \} from ['"]\.\/mine\.ts['"]/);
  expect(after).not.toMatch(/export \{ two/);
});
test('what was exported stays exported', () => {
  const after = replaceSymbol('a.ts', text, 'one', './mine.ts');
  expect(after).not.toContain('return two();');
  expect(after).toMatch(/import \{ one \} from ['"]\.\/mine\.ts['"]/);
  expect(after).toMatch(/export \{ one \}/);
  expect(after.split('\n')[5]).toBe('function two(): number {');
});
test('no such function', () => {
  expect(() => replaceSymbol('a.ts', text, 'three', './m.ts'))
    .toThrow('three');
});
