import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { load, trace } from '#book/x86/bare.ts';
import { deadFlags } from './dead.ts';

const dead = (source: string) =>
  deadFlags([...trace(load(source))]);

test('one addition after another', () => {
  expect(dead('add eax, 1\n add eax, 2\n hlt'))
    .toEqual({ set: 6, dead: 3 });
});

test('a question keeps what it asks about', () => {
  expect(dead('add eax, 1\n jc $+2\n add eax, 2\n hlt'))
    .toEqual({ set: 6, dead: 2 });
});

test.each([
  ['adc asks for the carry and sets it', 'adc ebx, 0'],
  ['inc keeps the carry, and so reads it', 'inc ebx'],
])('%s', (_name, second) => {
  expect(dead(`add eax, 1\n ${second}\n hlt`))
    .toEqual({ set: 6, dead: 2 });
});

test('moves do not count', () => {
  expect(dead('mov eax, 1\n push eax\n pop ebx\n hlt'))
    .toEqual({ set: 0, dead: 0 });
});

test('the sieve', () => {
  expect(dead(readFileSync('src/guests/sieve.asm', 'utf8')))
    .toEqual({ set: 22_230, dead: 17_110 });
});
