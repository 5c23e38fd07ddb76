import { expect, test } from 'vitest';
import { Phys } from './phys.ts';
import { Ports } from './ports.ts';

test('beyond RAM there is nothing, also not RAM again', () => {
  const phys = new Phys(0x2000);
  phys.write32(0, 0x1234_5678);
  for (const pa of [0x2000, 2 ** 32, 2 ** 36, 2 ** 52]) {
    expect(phys.read32(pa)).toBe(0xffff_ffff);
    phys.write32(pa, 0);
  }
  expect(phys.read32(0)).toBe(0x1234_5678);
  expect(phys.read32(0x1ffe)).toBe(0xffff_0000);
});

test('a region covers RAM, a later one covers an earlier one', () => {
  const phys = new Phys(0x4000);
  const seen: number[] = [];
  phys.map({
    base: 0x1000, size: 0x10,
    read: (offset, bits) => offset * 100 + bits,
    write: (offset, bits, value) => seen.push(offset, bits, value),
  });
  expect(phys.read16(0x1004)).toBe(416);
  expect(phys.read32(0x1010)).toBe(0);
  phys.write8(0x1002, -1);
  expect(seen).toEqual([2, 8, 255]);
  phys.rom(0x1000, Uint8Array.of(1, 2, 3, 4));
  phys.write32(0x1000, 0);
  expect(phys.read32(0x1000)).toBe(0x0403_0201);
  expect(phys.read32(0x1002)).toBe(416 << 16 | 0x0403);
});

test('writes to a watched page are told, others are not', () => {
  const phys = new Phys(0x4000);
  const told: number[] = [];
  phys.onWrite.push((pa, bytes) => told.push(pa, bytes));
  phys.watch(1);
  phys.write32(0x0ffc, 1);
  phys.write32(0x1000, 1);
  phys.write16(0x0fff, 1);
  expect(told).toEqual([0x1000, 4, 0x1000, 1]);
  phys.unwatch(1);
  phys.write8(0x1000, 1);
  expect(told.length).toBe(4);
});

test('long pieces are the sum of their bytes', () => {
  const phys = new Phys(0x4000);
  const told: number[] = [];
  phys.onWrite.push((pa, bytes) => told.push(pa, bytes));
  phys.watch(2);
  phys.rom(0x1800, Uint8Array.of(1, 2, 3, 4));
  const bytes = Uint8Array.from({ length: 0x2800 }, (_, n) => n * 7);
  phys.writeBytes(0x0ffe, bytes);
  expect(told).toEqual([0x2000, 0x1000]);
  const back = phys.readBytes(0x0ffe, 0x2800);
  bytes.set([1, 2, 3, 4], 0x802);
  expect(back).toEqual(bytes);
  phys.fill(0x3ff0, 0x20, 9);
  expect(phys.readBytes(0x3ffe, 4)).toEqual(
    Uint8Array.of(9, 9, 0xff, 0xff));
});

test('memory can be set aside and put back', () => {
  const phys = new Phys(0x4000);
  phys.write8(0x3fff, 7);
  const saved = phys.save();
  expect([...saved.keys()]).toEqual([3]);
  phys.write8(0, 1);
  phys.write8(0x3fff, 8);
  phys.restore(saved);
  expect([phys.read8(0), phys.read8(0x3fff)]).toEqual([0, 7]);
});

test('a port that nobody has gives all ones', () => {
  const ports = new Ports();
  ports.register({
    from: 0x3f8, to: 0x3ff, in: (port) => port, out: () => {},
  });
  expect(ports.in(0x3f8, 8)).toBe(0x3f8);
  expect(ports.in(0x400, 16)).toBe(0xffff);
  expect(ports.in(0x80, 32)).toBe(0xffff_ffff);
});
