import { expect, test } from 'vitest';
import { attacks, attempt, newScene } from './all.ts';

const scene = newScene();

test.each(Object.entries(attacks))('attacks on %s', (_, list) => {
  for (const attack of list) {
    const verdict = attempt(scene, attack);
    expect.soft(verdict, attack.name).toEqual(
      { rc: attack.refused, reached: undefined });
  }
});

test('no two attacks have the same name', () => {
  const names = Object.values(attacks).flat().map((a) => a.name);
  expect(new Set(names).size).toBe(names.length);
});
