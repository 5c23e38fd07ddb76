import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeModule } from '#book/machine/wasm/module.ts';
import { pattern } from './pattern.ts';

const memory = new WebAssembly.Memory({ initial: 1 });
const all = new Uint8Array(memory.buffer);
const view = new DataView(memory.buffer);

function made(): (...numbers: readonly number[]) => void {
  const from = ['i32', 'i32', 'i32', 'i32'] as const;
  const bytes = encodeModule({ types: [{ from, to: [] }], imports: [],
    functions: [{ type: 0, body: pattern(), name: 'pattern' }] });
  const module = new WebAssembly.Module(bytes as BufferSource);
  const { exports } = new WebAssembly.Instance(module,
    { m: { memory } });
  return exports['pattern'] as () => void;
}

/** Where memory is not as it should be after a call; -1: nowhere. */
function wrongAt(
  at: number, value: number, count: number, size: number,
): number {
  all.fill(0x5a);
  made()(at, value, count, size);
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
test('by copies', () => {
  const { bytes } = pattern();
  const code = [...bytes.view()].join(' ');
  expect(code).toContain('252 10 0 0');
  expect(code).not.toContain('252 11 0');
});
