import { expect, test } from 'vitest';
import { victim } from './forget.ts';

/** Where snapshots are after a run from 0 to `end`. */
function kept(end: number, step: number, most: number): number[] {
  const places = [0];
  for (let now = step; now <= end; now += step) {
    places.push(now);
    while (places.length > most) {
      const out = victim(places, now, step);
      expect(out).toBeGreaterThan(0);
      places.splice(out, 1);
    }
  }
  return places;
}

const last = (places: readonly number[], n: number): number =>
  places.filter((at) => at <= n).at(-1) ?? NaN;

test.each([[1_000_000, 40], [300_000, 32], [77_700, 24]])(
  'after %i instructions, %i snapshots', (end, count) => {
    const step = 100;
    const places = kept(end, step, count);
    expect(places[0]).toBe(0);
    expect(places.length).toBe(count);
    for (let k = 1; k < end; k += 1 + (k >> 4)) {
      const run = end - k - last(places, end - k);
      const most = 1.6 * k + 2 * step;
      expect(run, `${k} back`).toBeLessThanOrEqual(most);
    }
  });

test('in the middle, what is near is kept', () => {
  const places = [0, 100, 200, 300, 400, 500, 600, 700, 800, 900];
  expect([1, 2, 8, 9]).toContain(victim(places, 450, 100));
});
