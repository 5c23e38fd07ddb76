import { expect, test } from 'vitest';
import { type Rewindable, Timeline } from '#book/machine/replay.ts';
import { firstMoment } from './first.ts';

function counter() {
  let n = 0;
  const machine: Rewindable<number, never> = {
    now: () => n, save: () => n,
    restore: (saved) => { n = saved; },
    runTo: (to) => {
      n = to;
      return true;
    },
    input: () => {},
  };
  const line = new Timeline<unknown, unknown>(
    machine as Rewindable<unknown, unknown>, [],
    { wide: 1000, fine: 10, most: 20 });
  return { line, now: () => n };
}

test.each([
  [0, 10_000, 7777], [0, 10_000, 1], [0, 10_000, 10_000],
  [500, 502, 501], [41, 42, 42],
])('from %i to %i: %i', (from, to, first) => {
  const { line, now } = counter();
  let looks = 0;
  const found = firstMoment(line, from, to, () => {
    looks++;
    return now() >= first;
  });
  expect(found).toBe(first);
  expect(line.now()).toBe(first);
  expect(looks, 'looks').toBeLessThanOrEqual(Math.log2(to - from) + 3);
});
