import { expect, test } from 'vitest';
import {
  DIR, entry, paged, ring, TABLE,
} from '../../x86/paging.kit.ts';

test('pages do not keep ring 1 out of ring 0', () => {
  const cpu = paged();
  entry(cpu, DIR, 0, TABLE | 3); // present, writable, supervisor
  entry(cpu, TABLE, 5, 0x9000 | 3);
  const touch = (cpl: number) => ring(cpu, cpl).translate(
    0x5000, 'w', cpl === 3 ? 'user' : 'sys');
  expect(touch(0)).toBe(0x9000);
  expect(touch(1)).toBe(0x9000);
  expect(touch(3)).toBe(-1 - 7);
});
