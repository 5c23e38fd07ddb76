import { expect, test } from 'vitest';
import { attacks, attempt, newScene } from './all.ts';

const scene = newScene();

test.each(Object.entries(attacks))('attacks on %s', (_, list) => {
  const verdicts = list.map((attack) =>
    [attack.name, attempt(scene, attack)]);
  const refusals = list.map(({ name, refused }) =>
    [name, { rc: refused, reached: undefined }]);
  expect(verdicts).toEqual(refusals);
}, 60_000);

test('no two attacks have the same name', () => {
  const names = Object.values(attacks).flat().map((a) => a.name);
  expect(new Set(names).size).toBe(names.length);
});
