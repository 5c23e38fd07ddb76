import { expect, test } from 'vitest';
import { Clock, HZ } from '#book/machine/clock.ts';
import { Watchdog } from './watchdog.ts';

function dog() {
  let now = 0, bites = 0;
  const clock = new Clock(() => now);
  const watchdog = new Watchdog(clock, () => { bites++; });
  clock.add(watchdog);
  const pass = (ms: number): number => {
    now += Math.ceil(HZ * ms / 1000);
    clock.elapse();
    return bites;
  };
  return { watchdog, pass, at: () => clock.due() };
}

test('it bites when the time is up, and once', () => {
  const { watchdog, pass, at } = dog();
  watchdog.write(0, 50);
  expect(Math.abs(at() - HZ / 20)).toBeLessThanOrEqual(1);
  expect(pass(49)).toBe(0);
  expect(pass(2)).toBe(1);
  expect(at()).toBe(Infinity);
  expect(pass(500)).toBe(1);
});


test('patting starts anew, and only what is on', () => {
  const { watchdog, pass, at } = dog();
  watchdog.write(1, 0);
  expect(at()).toBe(Infinity);
  watchdog.write(0, 50);
  for (let i = 0; i < 5; i++) {
    expect(pass(30)).toBe(0);
    watchdog.write(1, 0);
  }
  expect(pass(51)).toBe(1);
  watchdog.write(1, 0);
  expect(pass(100)).toBe(1);
});

test('it can be asked, and switched off', () => {
  const { watchdog, pass } = dog();
  watchdog.write(0, 50);
  expect(watchdog.read(0)).toBe(50);
  pass(20.5);
  expect(watchdog.read(0)).toBe(30);
  watchdog.write(0, 0);
  expect([watchdog.read(0), pass(100)]).toEqual([0, 0]);
});
