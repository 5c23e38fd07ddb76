import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeModule } from '#book/machine/wasm/module.ts';
import { pattern } from './pattern.ts';

const memory = new WebAssembly.Memory({ initial: 1 });
const all = new Uint8Array(memory.buffer);
const view = new DataView(memory.buffer);

type Pattern = (...numbers: readonly number[]) => void;

/** The function, with a call of ours where it copies. */
function made(copy: Pattern): Pattern {
  const from = ['i32', 'i32', 'i32', 'i32'] as const;
  const types = [{ from, to: [] }, { from: from.slice(1), to: [] }];
  const body = pattern();
  const code = body.bytes.view();
  code.forEach((byte, n) => {
    const copies = byte === 0xfc && code[n + 1] === 10;
    if (copies) code.set([0x10, 0, 1, 1], n);
  });
  const bytes = encodeModule({ types,
    imports: [{ name: 'copy', type: 1 }],
    functions: [{ type: 0, body, name: 'pattern' }] });
  const module = new WebAssembly.Module(bytes as BufferSource);
  const { exports } = new WebAssembly.Instance(module,
    { m: { memory, copy } });
  return exports['pattern'] as Pattern;
}

let copies = 0;
const run = made((to = 0, source = 0, length = 0) => {
  copies++;
  all.copyWithin(to, source, source + length);
});

/** Where memory is not as it should be after a call; -1: nowhere. */
function wrongAt(
  at: number, value: number, count: number, size: number,
): number {
  all.fill(0x5a);
  copies = 0;
  run(at, value, count, size);
  const after = all.slice();
  all.fill(0x5a);
  for (let n = 0; n < count; n++) {
    if (size === 1) view.setUint16(at + 2 * n, value, true);
    else view.setUint32(at + 4 * n, value, true);
  }
  return all.findIndex((byte, n) => byte !== after[n]);
}

test('a screen, and a page', () => {
  expect(wrongAt(0x8000, 0x0720, 2000, 1)).toBe(-1);
  expect(wrongAt(0x4000, 0x1234_5678, 1024, 2)).toBe(-1);
});
test.each([[1, 0], [2, 1], [3, 2], [1000, 10], [1024, 10], [1025, 11]])(
  '%d elements, %d copies', (count, most) => {
    wrongAt(0x4000, 0x1234_5678, count, 2);
    expect(copies).toBeLessThanOrEqual(most);
    expect(copies).toBeGreaterThanOrEqual(Math.min(most, 1));
  });
test.each([0, 1, 2, 3, 5])('%d of them', (count) => {
  expect(wrongAt(0x100, 0x1234_5678, count, 1)).toBe(-1);
  expect(wrongAt(0x100, 0x1234_5678, count, 2)).toBe(-1);
});
test('as many as one likes, wherever', () => {
  fc.assert(fc.property(fc.nat(0x7000), fc.integer(), fc.nat(2000),
    fc.constantFrom(1, 2), (at, value, count, size) => {
      expect(wrongAt(at, value, count, size)).toBe(-1);
    }), { seed: 3, numRuns: 100 });
});
