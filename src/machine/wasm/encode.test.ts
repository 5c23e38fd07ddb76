import { expect, test } from 'vitest';
import { Body } from './body.ts';
import { encodeModule } from './module.ts';

const memory = new WebAssembly.Memory({ initial: 1 });
const table = new WebAssembly.Table({ initial: 1, element: 'anyfunc' });

/** What the engine makes of a function. */
function run(ty: 'i32' | 'i64', fill: (body: Body) => void): unknown {
  const body = new Body(0);
  fill(body);
  const bytes = encodeModule({
    types: [{ from: [], to: [ty] }], imports: [],
    functions: [{ type: 0, body, name: 'go', label: 'a test' }],
  }) as BufferSource;
  expect(WebAssembly.validate(bytes)).toBe(true);
  const instance = new WebAssembly.Instance(
    new WebAssembly.Module(bytes), { m: { memory, table } });
  return (instance.exports['go'] as () => unknown)();
}

const edges = Array.from({ length: 32 }, (_, n) => 1 << n).flatMap(
  (n) => [n - 1, n, n + 1, -n - 1, -n, -n + 1].map((x) => x | 0));

test('signed numbers of 32 bits', () => {
  for (const n of edges) expect(run('i32', (b) => b.i32(n))).toBe(n);
});

test('signed numbers of 64 bits', () => {
  for (const n of edges) {
    for (const wide of [BigInt(n), BigInt(n) * 0x1_0001_0001n]) {
      const value = BigInt.asIntN(64, wide);
      expect(run('i64', (b) => {
        b.op(0x42);
        b.bytes.s64(value);
      })).toBe(value);
    }
  }
});
