import { expect, test } from 'vitest';
import { Clock, TICK } from '#book/machine/clock.ts';
import { Pit } from '#book/machine/devices/pit.ts';
import { countAt } from './count.ts';

test.each([
  [100, 0, 100, 0], [100, 1, 99, 0], [100, 99, 1, 0],
  [100, 100, 100, 1], [100, 250, 50, 2], [2, 7, 1, 3],
])('%i after %i', (reload, ticks, count, rounds) => {
  expect(countAt(reload, ticks)).toEqual({ count, rounds });
});

test('as the timer counts', () => {
  let now = 0;
  const pit = new Pit(new Clock(() => now), () => {});
  [0x34, 0x39, 0x30].forEach((b, i) => pit.write(i ? 0 : 3, b));
  for (let ticks = 0; ticks < 50_000; ticks += 617) {
    now = ticks * TICK;
    const held = pit.read(0) | pit.read(0) << 8;
    expect(countAt(0x3039, ticks).count).toBe(held);
  }
});
