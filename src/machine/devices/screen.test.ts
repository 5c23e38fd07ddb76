import { expect, test } from 'vitest';
import { Clock, HZ } from '../clock.ts';
import { Phys } from '../phys.ts';
import { Screen } from './screen.ts';

test('text is memory', () => {
  const screen = new Screen(new Clock(() => 0));
  const phys = new Phys(0x10_0000);
  phys.map(screen.region());
  phys.write32(0xb8000 + 162, 0x0748_0749);
  phys.write16(0xb8000 + 166, 0x07fe);
  expect(screen.rows().slice(0, 3)).toEqual(['', ' IH■', '']);
  expect(phys.read32(0xb8000 + 162)).toBe(0x0748_0749);
  expect(phys.read16(0xa0000)).toBe(0xffff);
  [12, 0].forEach((byte, n) => screen.out(0x3d4 + n, byte));
  [13, 80].forEach((byte, n) => screen.out(0x3d4 + n, byte));
  expect(screen.rows()[0]).toBe(' IH■');
  expect(screen.in(0x3d5)).toBe(80);
});

test('the beam comes back seventy times a second', () => {
  let now = 0;
  const screen = new Screen(new Clock(() => now));
  let backs = 0;
  for (let was = 8; now < HZ; now += 997) {
    const is = screen.in(0x3da) & 8;
    if (is && !was) backs++;
    was = is;
  }
  expect(backs).toBe(69);
});
