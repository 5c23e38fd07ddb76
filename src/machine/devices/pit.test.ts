import { expect, test } from 'vitest';
import { Clock, TICK } from '../clock.ts';
import { Pit } from './pit.ts';

test('a count can be read at any time without being counted', () => {
  let now = 0;
  const pit = new Pit(new Clock(() => now), () => {});
  [0x34, 0x10, 0x27].forEach((byte, i) => pit.write(i ? 0 : 3, byte));
  now = 2500 * TICK + 7;
  pit.write(3, 0x00);
  now += 99 * TICK;
  expect(pit.read(0) | pit.read(0) << 8).toBe(7500);
  expect(pit.read(0) | pit.read(0) << 8).toBe(7401);
  expect(pit.due()).toBe(10_000 * TICK);
});

function timer() {
  let ticks = 0;
  const rises: number[] = [];
  let level = true;
  const clock = new Clock(() => ticks * TICK);
  const pit = new Pit(clock, (now) => {
    if (now && !level) rises.push(ticks);
    level = now;
  });
  const run = (by: number): void => {
    for (let end = ticks + by; ticks < end;) {
      ticks = Math.min(end, Math.max(ticks + 1, pit.due() / TICK));
      pit.elapse(clock.now());
    }
  };
  const set = (mode: number, count: number, n = 0): void => {
    pit.write(3, n << 6 | 0x30 | mode << 1);
    pit.write(n, count & 0xff);
    pit.write(n, count >>> 8);
  };
  return { pit, rises, run, set };
}

test.each([
  [0, [5]], [2, [5, 10, 15, 20]], [3, [5, 10, 15, 20]], [4, [6]],
])('mode %i rises when it should', (mode, want) => {
  const { rises, run, set } = timer();
  set(mode, 5);
  run(20);
  expect(rises).toEqual(want);
});

test('the shape of each wave', () => {
  const wave = (mode: number): string => {
    const { pit, run, set } = timer();
    set(mode, 5, 2);
    return Array.from({ length: 12 }, () => {
      const level = pit.out(2) ? '1' : '0';
      run(1);
      return level;
    }).join('');
  };
  expect([0, 2, 3, 4].map(wave)).toEqual([
    '000001111111', '111101111011', '111001110011', '111110111111',
  ]);
});

test('status before count, a gate that holds', () => {
  const { pit, run, set } = timer();
  set(0, 100, 2);
  run(30);
  pit.setGate(2, false);
  run(30);
  pit.write(3, 0xc8);
  expect(pit.read(2)).toBe(0x30);
  expect(pit.read(2) | pit.read(2) << 8).toBe(70);
  pit.setGate(2, true);
  run(69);
  expect(pit.out(2)).toBe(false);
  run(1);
  expect(pit.out(2)).toBe(true);
});

test('decimal counts, one half only, and the largest', () => {
  const { pit, run } = timer();
  pit.write(3, 0x35);
  pit.write(0, 0x00);
  pit.write(0, 0x10);
  run(1);
  expect(pit.read(0) | pit.read(0) << 8).toBe(0x0999);
  pit.write(3, 0x14);
  pit.write(0, 9);
  run(2);
  expect([pit.read(0), pit.read(0)]).toEqual([7, 7]);
  pit.write(3, 0x34);
  pit.write(0, 0);
  pit.write(0, 0);
  expect(pit.due() % (0x10000 * TICK)).toBe(3 * TICK);
});
