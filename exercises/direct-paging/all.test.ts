import { expect, test } from 'vitest';
import { startXen } from '#book/xen/boot.ts';
import { handmade } from '#book/xen/handmade.ts';
import { eachEntry } from './all.ts';

const xen = startXen({ ramBytes: 0x100_0000 });
const TABLE = 3000;
for (let i = 0; i < 512; i++) {
  xen.phys.write64(TABLE * 4096 + i * 8, BigInt(i * 10));
}

function run(n: number, bad: number) {
  const calls: string[] = [];
  const error = eachEntry(xen, TABLE, n,
    (_x, table, entry, i) => {
      calls.push(`get ${table} ${entry} ${i}`);
      return i === bad ? -22 : 0;
    },
    (_x, table, entry, i) => {
      calls.push(`put ${table} ${entry} ${i}`);
    });
  return { error, calls };
}

test('all', () => {
  const { error, calls } = run(8, -1);
  expect(error).toBe(0);
  expect(calls).toHaveLength(8);
  expect(calls[3]).toBe('get 3000 30 3');
});

test('or nothing', () => {
  for (const bad of [0, 1, 5, 7]) {
    const { error, calls } = run(8, bad);
    expect(error).toBe(-22);
    const gets = calls.filter((c) => c.startsWith('get'));
    const puts = calls.filter((c) => c.startsWith('put'));
    expect(gets).toHaveLength(bad + 1);
    expect(puts.map((c) => c.slice(4)).sort())
      .toEqual(gets.slice(0, bad).map((c) => c.slice(4)).sort());
  }
});

test('the last taken is the first given back', () => {
  const { calls } = run(8, 3);
  expect(calls.slice(4)).toEqual(
    ['put 3000 20 2', 'put 3000 10 1', 'put 3000 0 0']);
});

test('the guest runs on it', () => {
  const v = handmade(xen, 'ud2');
  expect(v.arch.guestTable).toBeGreaterThan(0);
});
