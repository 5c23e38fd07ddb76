import { expect, test } from 'vitest';
import { PicPair } from './pic.ts';

function ready(): PicPair {
  const pics = new PicPair(() => {});
  pics.first.write(0, 0x11);
  [8, 4, 1, 0].forEach((byte) => pics.first.write(1, byte));
  pics.second.write(0, 0x11);
  [0x70, 2, 1, 0].forEach((byte) => pics.second.write(1, byte));
  return pics;
}

test('priority, service, and the end of it', () => {
  const pics = ready();
  pics.setLine(4, true);
  pics.setLine(0, true);
  expect(pics.acknowledge()).toBe(8);
  expect(pics.pending()).toBe(false);
  pics.first.write(0, 0x20);
  expect(pics.pending()).toBe(true);
  expect(pics.acknowledge()).toBe(12);
});

test('a request that is withdrawn is spurious', () => {
  const pics = ready();
  pics.setLine(5, true);
  pics.setLine(5, false);
  expect(pics.acknowledge()).toBe(15);
  expect(pics.first.isr).toBe(0);
});

test('the second chip speaks through input 2', () => {
  const pics = ready();
  pics.setLine(8, true);
  pics.setLine(3, true);
  expect(pics.acknowledge()).toBe(0x70);
  expect([pics.first.isr, pics.second.isr]).toEqual([4, 1]);
  expect(pics.pending()).toBe(false);
  pics.second.write(0, 0x20);
  pics.first.write(0, 0x20);
  expect(pics.acknowledge()).toBe(11);
});

test('masks hold back and let go', () => {
  const pics = ready();
  pics.first.write(1, 0x10);
  pics.setLine(4, true);
  expect(pics.pending()).toBe(false);
  expect([pics.first.read(0), pics.first.read(1)]).toEqual([16, 16]);
  pics.first.write(1, 0);
  expect(pics.acknowledge()).toBe(12);
  pics.first.write(0, 0x0b);
  expect(pics.first.read(0)).toBe(0x10);
});

test('special mask mode lets the less urgent through', () => {
  const pics = ready();
  pics.setLine(1, true);
  pics.acknowledge();
  pics.setLine(6, true);
  expect(pics.pending()).toBe(false);
  pics.first.write(0, 0x68);
  expect(pics.acknowledge()).toBe(14);
});

test('rotation makes the served one the last', () => {
  const pics = ready();
  pics.setLine(0, true);
  pics.acknowledge();
  pics.first.write(0, 0xa0);
  expect(pics.first.lowest).toBe(0);
  pics.setLine(0, false);
  pics.setLine(0, true);
  pics.setLine(7, true);
  expect(pics.acknowledge()).toBe(15);
  pics.first.write(0, 0x67);
  expect(pics.acknowledge()).toBe(8);
});

test('the second chip may have more to say at once', () => {
  const pics = ready();
  pics.second.write(0, 0x11);
  [0x70, 2, 3, 0].forEach((byte) => pics.second.write(1, byte));
  pics.setLine(8, true);
  pics.setLine(9, true);
  expect(pics.acknowledge()).toBe(0x70);
  pics.first.write(0, 0x20);
  expect(pics.pending()).toBe(true);
  expect(pics.acknowledge()).toBe(0x71);
});

test('polling acknowledges by a read', () => {
  const pics = ready();
  pics.setLine(5, true);
  pics.first.write(0, 0x0c);
  expect(pics.first.read(0)).toBe(0x85);
  expect(pics.first.isr).toBe(0x20);
});
