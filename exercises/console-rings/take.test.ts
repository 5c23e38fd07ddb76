import { expect, test } from 'vitest';
import type {
  ByteRing, RingMemory,
} from '#book/xen/public/io/byte-ring.ts';
import { takeBytes } from './take.ts';

const RING: ByteRing = { data: 8, size: 8, cons: 0, prod: 4 };

function page(cons: number, prod: number) {
  const words = Uint32Array.of(cons, prod);
  const data = Uint8Array.from('abcdefgh', c => c.charCodeAt(0));
  const log: string[] = [];
  const m: RingMemory = {
    read32: at => (log.push(`read ${at}`), words[at / 4]!),
    write32: (at, v) => { log.push(`write ${at}`); words[at / 4] = v; },
    readBytes: (at, n) => {
      if (n) log.push('copy');
      if (at < 8 || at + n > 16) throw new Error('outside of the ring');
      return data.slice(at - 8, at - 8 + n);
    },
    writeBytes: () => { throw new Error('a consumer writes none'); },
  };
  return { m, log, words };
}

const text = (bytes: Uint8Array | undefined): string =>
  String.fromCharCode(...(bytes ?? []));

test.each([
  [0, 3, 10, 'abc', 3], [6, 11, 10, 'ghabc', 11],
  [6, 11, 3, 'gha', 9], [0xffff_fffe, 2, 9, 'ghab', 2],
  [3, 11, 8, 'defghabc', 11], [5, 5, 4, '', 5],
])('from %i to %i, at most %i: %s', (cons, prod, max, bytes, after) => {
  const { m, words } = page(cons, prod);
  expect(text(takeBytes(m, RING, max))).toBe(bytes);
  expect([...words]).toEqual([after, prod]);
});

test.each([[0, 9], [5, 4], [0, 0xffff_ffff]])(
  'counters %i and %i are a lie', (cons, prod) => {
    const { m, words } = page(cons, prod);
    expect(takeBytes(m, RING, 4)).toBeUndefined();
    expect([...words]).toEqual([cons, prod]);
  });

test('each counter is read once, ours is published last', () => {
  const { m, log } = page(6, 11);
  takeBytes(m, RING, 5);
  expect(log.filter(l => l === 'read 0')).toHaveLength(1);
  expect(log.filter(l => l === 'read 4')).toHaveLength(1);
  expect(log.at(-1)).toBe('write 0');
  const empty = page(5, 5);
  takeBytes(empty.m, RING, 5);
  expect(empty.log).not.toContain('write 0');
});
