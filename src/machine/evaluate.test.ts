import { expect, test } from 'vitest';
import type { Access, V } from './builder.ts';
import { Evaluator, type Host } from './evaluate.ts';
import { Layout, State } from './fields.ts';
import { Phys } from './phys.ts';

const layout = new Layout();
const PC = layout.i32('pc');
const X = layout.i32('x');
const Q = layout.i64('q');
const D = layout.f64('d');
const W = layout.v128('w');
const XQ = layout.view('i64', 'xq', X);

function makeHost(): Evaluator<'i32'> {
  const state = new State(layout);
  const phys = new Phys(0x2000);
  const check = (va: number): number => {
    if (va >= 0x1000) throw evaluator.raise(14, 0, va);
    return va;
  };
  const host: Host<'i32'> = {
    state, phys, pc: PC,
    memory: {
      load: (va) => phys.read32(check(va)),
      store: (va, value) => phys.write32(check(va), value),
      load64: (va) => phys.read64(check(va)),
      store64: (va, value) => phys.write64(check(va), value),
      probe: (va, bytes) => { check(va + bytes - 1); },
    },
    get: (field) => state.get(field),
    set: (field, value) => state.set(field, value),
    trap: (vector) => { throw evaluator.raise(vector); },
    commit: () => evaluator.commit(),
  };
  const evaluator = new Evaluator<'i32'>(host);
  return evaluator;
}

const at = (bits: Access['bits'], big = false): Access =>
  ({ bits, kind: 'r', priv: 'cpl', big });

test('undo takes back fields of all types, oldest value last', () => {
  const b = makeHost();
  const { state } = b.host;
  const { i32, i64, f64, v128 } = b;
  b.begin();
  b.set(X, i32.const(1));
  b.set(Q, i64.const(2));
  b.commit();
  b.set(X, i32.const(7));
  b.set(X, i32.const(8));
  b.set(Q, i64.const(-1));
  b.set(D, f64.const(1.5));
  b.set(W, v128.join(i64.const(3), i64.const(4)));
  expect(state.get(X)).toBe(8);
  b.undo();
  expect(state.get(X)).toBe(1);
  expect(state.i64[Q.id]).toBe(2n);
  expect(state.f64[D.id]).toBe(0);
  expect([state.i64[W.id], state.i64[W.id + 1]]).toEqual([0n, 0n]);
});

test('a 32-bit field is the low half of its slot', () => {
  const b = makeHost();
  b.begin();
  b.set(XQ, b.i64.shl(b.i64.const(5), b.i64.const(32)));
  b.set(X, b.i32.const(-1));
  expect(b.host.state.i64[X.id]).toBe(0x5_ffff_ffffn);
  b.undo();
  expect(b.host.state.i64[X.id]).toBe(0n);
});

test('the next instruction follows, unless there was a jump', () => {
  const b = makeHost();
  b.begin();
  b.finish(3);
  expect(b.host.state.get(PC)).toBe(3);
  b.begin();
  b.jump(b.addr.const(0x40));
  b.finish(3);
  expect(b.host.state.get(PC)).toBe(0x40);
});

test('a trap is one object, and carries vector and code', () => {
  const b = makeHost();
  expect(() => b.trap(13, b.i32.const(8))).toThrow();
  expect(b.pending).toMatchObject({ vector: 13, code: 8 });
});

test('tryLoad gives the value or says that there is none', () => {
  const b = makeHost();
  b.host.phys.write32(8, 42);
  expect(b.tryLoad('i32', b.addr.const(8), at(32))).toEqual([42, 0]);
  const [, failed] = b.tryLoad('i32', b.addr.const(0x1000), at(32));
  expect(failed).toBe(1);
});

test('wide loads and stores, in both byte orders', () => {
  const b = makeHost();
  const { addr, i64, f64, v128 } = b;
  b.host.phys.writeBytes(0, Uint8Array.from({ length: 16 },
    (_, n) => n));
  const load64 = (big: boolean): unknown =>
    b.load('i64', addr.const(0), at(64, big));
  expect(load64(false)).toBe(0x0706_0504_0302_0100n);
  expect(load64(true)).toBe(0x0001_0203_0405_0607n);
  const all = b.load('v128', addr.const(0), at(128));
  expect(v128.lane64(all, 1)).toBe(0x0f0e_0d0c_0b0a_0908n);
  b.store('v128', addr.const(32), v128.add32(all, all), at(128));
  expect(b.host.phys.read32(36)).toBe(0x0e0c_0a08);
  b.store('f64', addr.const(64), f64.const(1), at(64));
  expect(b.host.phys.read64(64)).toBe(0x3ff0_0000_0000_0000n);
  const pa = i64.const(64);
  expect(b.loadPhys('f64', pa)).toBe(1);
  b.storePhys('i64', pa, i64.const(-2));
  expect(b.loadPhys('i64', pa)).toBe(-2n);
});

test('a vector store that traps has stored nothing', () => {
  const b = makeHost();
  const one = b.v128.join(b.i64.const(1), b.i64.const(1));
  expect(() => b.store(
    'v128', b.addr.const(0xff8), one, at(128))).toThrow();
  expect(b.host.phys.read64(0xff8)).toBe(0n);
});

test('64-bit arithmetic wraps, shifts and turns', () => {
  const { i64 } = makeHost();
  const min = i64.shl(i64.const(1), i64.const(63));
  const plain = (v: V<'i64'> | V<'i32'>): unknown => v;
  expect(plain(min)).toBe(-(2n ** 63n));
  expect(plain(i64.sub(min, i64.const(1)))).toBe(2n ** 63n - 1n);
  expect(plain(i64.shru(min, i64.const(60)))).toBe(8n);
  expect(plain(i64.shrs(min, i64.const(60)))).toBe(-8n);
  expect(plain(i64.rotl(min, i64.const(1)))).toBe(1n);
  expect(plain(i64.rotr(i64.const(1), i64.const(1))))
    .toBe(-(2n ** 63n));
  expect(plain(i64.clz(i64.const(1)))).toBe(63n);
  expect(plain(i64.ctz(min))).toBe(63n);
  expect(plain(i64.popcnt(i64.const(-1)))).toBe(64n);
  expect(plain(i64.divu(i64.const(-1), i64.const(2))))
    .toBe(2n ** 63n - 1n);
  expect(plain(i64.ltu(i64.const(-1), i64.const(1)))).toBe(0);
  expect(plain(i64.wrap(i64.const(2 ** 32 + 5)))).toBe(5);
  expect(plain(i64.extendU(makeHost().i32.const(-1))))
    .toBe(0xffff_ffffn);
});

test('64-bit addresses', () => {
  const wide = new Layout();
  const RIP = wide.i64('rip');
  const state = new State(wide);
  const phys = new Phys(0x1000);
  const top = 0xffff_8000_0000_0000n;
  const seen: bigint[] = [];
  const below = (va: bigint): number => {
    seen.push(va);
    return Number(BigInt.asUintN(64, va) - top);
  };
  const host: Host<'i64'> = {
    state, phys, pc: RIP,
    memory: {
      load: (va) => phys.read32(below(va)),
      store: (va, value) => phys.write32(below(va), value),
      load64: (va) => phys.read64(below(va)),
      store64: (va, value) => phys.write64(below(va), value),
      probe: () => {},
    },
    get: () => 0, set: () => {}, commit: () => {},
    trap: () => { throw new Error('no traps here'); },
  };
  const b = new Evaluator<'i64'>(host);
  const at49 = b.i64.shl(b.i64.const(-1), b.i64.const(47));
  const va = b.addr.add(at49, b.addr.const(0x123));
  b.begin();
  b.store('i64', va, b.i64.const(-5), at(64));
  expect(b.load('i64', va, at(64))).toBe(-5n);
  expect(seen[0]).toBe(BigInt.asIntN(64, top + 0x123n));
  b.jump(va);
  b.finish(1);
  expect(state.i64[RIP.id]).toBe(BigInt.asIntN(64, top + 0x123n));
});
