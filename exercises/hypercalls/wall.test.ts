import { expect, test } from 'vitest';
import { linearOf } from '#book/xen/x86/guest-segment.ts';
import { checkDescriptor } from './wall.ts';

const LIMIT = 0xf680_0000;

function reach({ lo, hi }: { lo: number; hi: number }): number {
  const raw = hi & 0xf_0000 | lo & 0xffff;
  const limit = hi & 0x80_0000 ? raw * 4096 + 4095 : raw;
  const base = hi & 0xff00_0000 | (hi & 0xff) << 16 | lo >>> 16;
  let most = -1;
  for (const edge of [0, limit, 0xffff, -1, -base, LIMIT - base]) {
    for (const d of [-4096, -1, 0, 1, 4096]) {
      const at = linearOf({ lo, hi }, (edge + d) >>> 0, 1, false);
      most = Math.max(most, at);
    }
  }
  return most;
}

test('segments stay in front of the wall', () => {
  let x = 7;
  const next = () => {
    x = Math.imul(x ^ x >>> 15, 0x2c1b_3c6d) + 0x9e37_79b9 | 0;
    return (x ^ x >>> 13) >>> 0;
  };
  for (let i = 0; i < 5000; i++) {
    const d = { lo: next(), hi: (next() | 0x9000) >>> 0 };
    const safe = checkDescriptor(d);
    if (safe) expect(reach(safe)).toBeLessThan(LIMIT);
  }
});

test('flat segments are cut, not refused', () => {
  for (const hi of [0x00cf_9a00, 0x00cf_9200, 0x00cf_fa00]) {
    const safe = checkDescriptor({ lo: 0xffff, hi });
    expect(safe).toBeDefined();
    expect(reach(safe!)).toBe(LIMIT - 1);
    expect(safe!.hi >>> 13 & 3).toBe(hi >>> 13 & 3 || 1);
  }
});

test('what reaches less stays as it is', () => {
  const stack = { lo: 0x1000_0fff, hi: 0x0040_b200 };
  expect(checkDescriptor(stack)).toEqual(stack);
  const absent = { lo: 0xffff_ffff, hi: 0xffff_7fff };
  expect(checkDescriptor(absent)).toEqual(absent);
});

test('a big expand-down segment may only wrap', () => {
  const safe = checkDescriptor({ lo: 0, hi: 0x00c0_b610 });
  if (safe) expect(reach(safe)).toBeLessThan(LIMIT);
});

test('of gates, call gates to ring 1 and outward', () => {
  const gate = { lo: 0x0008_1234, hi: 0x0000_8c00 };
  const safe = checkDescriptor(gate);
  expect(safe?.lo).toBe(0x0009_1234);
  expect((safe?.hi ?? 0) >>> 13 & 3).toBeGreaterThan(0);
  const xen = { lo: 0xe008_1234, hi: 0x0000_ec00 };
  expect(checkDescriptor(xen)).toBeUndefined();
  for (const type of [0x1, 0x2, 0x3, 0x5, 0x9, 0xb, 0xe, 0xf]) {
    const hi = 0xe000 | 0x8000 | type << 8;
    expect(checkDescriptor({ lo: 0, hi })).toBeUndefined();
  }
});

import { runXen, startXen } from '#book/xen/boot.ts';
import { handmade } from '#book/xen/handmade.ts';

test('the guest still says hello', () => {
  const lines: string[] = [];
  const xen = startXen({
    ramBytes: 0x100_0000, hooks: { log: (l) => lines.push(l) },
  });
  handmade(xen, `mov eax, 18\nxor ebx, ebx\nmov ecx, 2
    mov edx, t\nint 0x82\nud2\nt: .ascii "hi"`);
  runXen(xen);
  expect(lines[0]).toBe('(d1) hi');
});
