import { expect, test } from 'vitest';
import { load } from '#book/x86/bare.ts';
import { decode } from '#book/x86/decode.ts';
import {
  AF, CF, readEflags, SF, writeEflags, ZF,
} from '#book/x86/flags.ts';
import { EAX } from '#book/x86/state.ts';
import { daa } from './daa.ts';

const insn = decode(() => 0x27, 32);

function after(al: number, flags: number) {
  const cpu = load('nop');
  cpu.evaluator.begin();
  cpu.set(EAX, 0xaabb_cc00 + al);
  writeEflags(cpu, flags, 0x8d5);
  daa(cpu.evaluator, insn);
  return { eax: cpu.get(EAX), flags: readEflags(cpu) };
}

test('sums of decimal digits', () => {
  const bcd = (n: number) => Math.floor(n / 10) * 16 + n % 10;
  for (let n = 0; n < 10000; n++) {
    const [x, y] = [bcd(Math.floor(n / 100)), bcd(n % 100)];
    const carries = (x + y > 255 ? CF : 0)
      | ((x & 15) + (y & 15) > 15 ? AF : 0);
    const { eax, flags } = after((x + y) & 255, carries);
    const sum = Math.floor(n / 100) + n % 100;
    expect([n, eax & 0xff, flags & CF])
      .toEqual([n, bcd(sum % 100), sum > 99 ? CF : 0]);
  }
});

test('flags by the result, and only AL changes', () => {
  expect(after(0x9a, 0)).toMatchObject({ eax: 0xaabb_cc00 });
  expect(after(0x9a, 0).flags & (CF | AF | ZF)).toBe(CF | AF | ZF);
  expect(after(0x7a, 0).flags & (CF | AF | SF)).toBe(AF | SF);
  expect(after(0x05, 0).flags & (CF | AF)).toBe(0);
});
