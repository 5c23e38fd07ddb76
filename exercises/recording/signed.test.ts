import { expect, test } from 'vitest';
import { Bytes } from '#book/machine/wasm/encode.ts';
import { readSigned } from './signed.ts';

const edges = Array.from({ length: 32 }, (_, n) => 1 << n)
  .flatMap((n) => [n - 1, n, n + 1, -n - 1, -n, -n + 1])
  .map((n) => n | 0);

test('reads what was written, one after the other', () => {
  const bytes = new Bytes();
  for (const n of edges) bytes.s(n);
  const written = bytes.view();
  let at = 0;
  for (const n of edges) {
    const [value, next] = readSigned(written, at);
    expect(value).toBe(n);
    at = next;
  }
  expect(at).toBe(written.length);
});

test.each([[[0x80]], [[]], [[0x80, 0x80, 0x80, 0x80, 0x80, 0]]])(
  'refuses %j', (bytes) => {
    const all = Uint8Array.from(bytes);
    expect(() => readSigned(all, 0)).toThrow(RangeError);
  });
