import { expect, test } from 'vitest';
import { load } from './bare.ts';
import { CF, OF, readEflags, SF, writeEflags, ZF, PF, AF } from
  './flags.ts';
import { adc, sbb } from './meaning/arithmetic.ts';

/** The flags of x ± y ± carry by the definition, for bytes. */
function defined(
  x: number, y: number, c: number, sign: 1 | -1,
): number {
  const signed = (n: number): number => (n << 24) >> 24;
  const sum = x + sign * (y + c);
  const real = signed(x) + sign * (signed(y) + c);
  const low = (x & 15) + sign * ((y & 15) + c);
  const r = sum & 0xff;
  const ones = [...r.toString(2)].filter((d) => d === '1').length;
  return (sum < 0 || sum > 255 ? CF : 0)
    | (real !== signed(r) ? OF : 0) | (low < 0 || low > 15 ? AF : 0)
    | (r === 0 ? ZF : 0) | (r > 127 ? SF : 0)
    | (ones % 2 === 0 ? PF : 0);
}

test('all sums and differences of two bytes', () => {
  const cpu = load('nop');
  const b = cpu.evaluator;
  const byte = (n: number) => b.i32.const(n);
  const wrong: string[] = [];
  for (let n = 0; n < 0x2_0000; n++) {
    const [x, y, c] = [n & 0xff, n >>> 8 & 0xff, n >>> 16];
    for (const [operation, sign] of [[adc, 1], [sbb, -1]] as const) {
      b.begin();
      writeEflags(cpu, c, CF);
      operation(b, 8, byte(x), byte(y));
      const got = readEflags(cpu) & 0x8d5;
      const want = defined(x, y, c, sign);
      if (got !== want) wrong.push(`${x} ${y} ${c} ${sign}`);
    }
  }
  expect(wrong).toEqual([]);
}, 30_000);
