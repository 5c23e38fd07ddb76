import { expect, test } from 'vitest';
import { Clock, HZ } from '../clock.ts';
import { Rtc } from './rtc.ts';

function clock(start = Date.UTC(2005, 11, 31, 23, 59, 58) / 1000) {
  let now = 0;
  const levels: boolean[] = [];
  const rtc = new Rtc(new Clock(() => now), start, (level) => {
    if (levels.at(-1) !== level) levels.push(level);
  });
  const read = (n: number): number => {
    rtc.write(0, n);
    return rtc.read(1);
  };
  const write = (n: number, byte: number): void => {
    rtc.write(0, n);
    rtc.write(1, byte);
  };
  const at = (seconds: number): void => {
    now = Math.round(seconds * HZ);
    rtc.elapse(now);
  };
  return { rtc, read, write, at, levels };
}

test('a year ends', () => {
  const { read, at } = clock();
  const all = () => [0x32, 9, 8, 7, 6, 4, 2, 0]
    .map((n) => read(n).toString(16));
  expect(all().join(' ')).toBe('20 5 12 31 7 23 59 58');
  at(2);
  expect(all().join(' ')).toBe('20 6 1 1 1 0 0 0');
});

test('binary, and a clock of twelve hours', () => {
  const { read, write } = clock();
  write(11, 6);
  expect([read(4), read(2)]).toEqual([23, 59]);
  write(11, 0);
  expect(read(4)).toBe(0x91);
});

test('held, set, let go', () => {
  const { read, write, at } = clock();
  write(11, 0x82);
  write(4, 0x12);
  at(5);
  expect([read(4), read(0)]).toEqual([0x12, 0x58]);
  write(11, 2);
  at(6);
  expect([read(4), read(0)]).toEqual([0x12, 0x59]);
});

test('interrupts by period and by the second', () => {
  const { rtc, read, write, at, levels } = clock();
  write(11, 0x42);
  expect(Math.round(rtc.due() / HZ * 1024)).toBe(1);
  at(1 / 1024);
  expect(levels).toEqual([false, true]);
  expect(read(12)).toBe(0xc0);
  expect(levels.at(-1)).toBe(false);
  write(11, 0x12);
  expect(rtc.due()).toBe(HZ);
  at(1);
  expect(read(12) & 0x90).toBe(0x90);
});

test('about to change', () => {
  const { read, at } = clock();
  expect(read(10)).toBe(0x26);
  at(0.9999);
  expect(read(10)).toBe(0xa6);
});
