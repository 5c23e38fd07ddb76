import { expect, test } from 'vitest';
import { takeBytes } from '#book/xen/public/io/byte-ring.ts';
import { consoleOutput } from '#book/xen/public/io/console.ts';
import { counters } from './leak.ts';

const SECRET = 'correct horse battery staple';
const RING = consoleOutput(0);

function dom0() {
  const bytes = new Uint8Array(0x2_0000);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(SECRET), 4096 + 100);
  const { cons, prod } = counters();
  view.setUint32(RING.cons, cons, true);
  view.setUint32(RING.prod, prod, true);
  return {
    read32: (at: number) => view.getUint32(at, true),
    write32: (at: number, v: number) => view.setUint32(at, v, true),
    readBytes: (at: number, n: number) => bytes.slice(at, at + n),
    writeBytes: (at: number, d: Uint8Array) => bytes.set(d, at),
  };
}

test('the password appears on the guest\'s terminal', () => {
  const m = dom0();
  const cons = m.read32(RING.cons);
  const count = (m.read32(RING.prod) - cons) >>> 0;
  expect(count).toBeLessThanOrEqual(0x1_0000);
  const start = RING.data + (cons & (RING.size - 1));
  const shown = new TextDecoder().decode(m.readBytes(start, count));
  expect(shown).toContain(SECRET);
});

test('the book refuses these counters', () => {
  expect(takeBytes(dom0(), RING, 4096)).toBeUndefined();
});
