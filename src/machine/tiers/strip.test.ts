import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Layout } from '../fields.ts';
import { Body } from '../wasm/body.ts';
import { encodeModule } from '../wasm/module.ts';
import { SIGNATURES, TYPES } from './dispatcher.ts';
import { AT, ENTRY } from './layout.ts';
import { COPIES, strip } from './strip.ts';

const memory = new WebAssembly.Memory({ initial: 18 });
const view = new DataView(memory.buffer);
const field = new Layout().i32('flags');
const DOWN = 0x400;

type Move = (to: number, from: number, value: number, count: number,
  most: number, how: number) => number;

/** JavaScript can't give a vector; a function of six numbers can. */
function moveBy(): Move {
  const six = [0, 1, 2, 3, 4, 5];
  const body = new Body(6);
  for (const n of six) body.getLocal(n);
  body.noVector();
  body.call(0);
  const types = [...SIGNATURES,
    { from: six.map(() => 'i32' as const), to: ['i32' as const] }];
  const bytes = encodeModule({ types, imports: [], functions: [
    { type: TYPES.strip, body: strip({ field, bit: DOWN }) },
    { type: SIGNATURES.length, body, name: 'move' },
  ] });
  const made = new WebAssembly.Module(bytes as BufferSource);
  const { exports } = new WebAssembly.Instance(made, { m: { memory } });
  return exports['move'] as Move;
}

/** The program's pages are one frame, by two names; the second may not
 * be written. */
const FRAME = 0x11_0000;
const [PAGE, ALIAS] = [0x40_0000, 0x70_1000];

function show(page: number, writable: boolean): void {
  const number = (page >>> 12) % ENTRY.COUNT;
  const at = AT.user + (number << ENTRY.SHIFT);
  const tag = BigInt(page);
  view.setBigInt64(at + ENTRY.READ, tag, true);
  view.setBigInt64(at + ENTRY.WRITE, writable ? tag : 1n, true);
  view.setInt32(at + ENTRY.ADDEND, FRAME - page, true);
}

const frame = new Uint8Array(memory.buffer, FRAME, 0x1000);
const READ = ['getUint8', 'getUint16', 'getUint32'] as const;
const WRITE = ['setUint8', 'setUint16', 'setUint32'] as const;

/** Does so many single elements. */
function oneByOne(
  done: number, to: number, from: number, value: number, how: number,
): void {
  const size = how & 3;
  const place = (at: number): number => FRAME + (at & 0xfff);
  const [read, write] = [READ[size], WRITE[size]];
  if (!read || !write) throw new Error('no such size');
  for (let n = 0; n < done; n++) {
    const copied = view[read](place(from + (n << size)), true);
    const what = (how & COPIES) === 0 ? value : copied;
    view[write](place(to + (n << size)), what, true);
  }
}

const move = moveBy();
show(PAGE, true);
show(ALIAS, false);
view.setInt32(AT.view, AT.user, true);

const aPlace = fc.oneof(fc.nat(40), fc.nat(0xfff));
const aMove = fc.record({
  to: aPlace, from: aPlace, page: fc.constantFrom(PAGE, ALIAS),
  value: fc.constantFrom(0, -1, 0x2020_2020, 0x720_0720, 7),
  count: fc.nat(2000), most: fc.nat(2000),
  how: fc.tuple(fc.nat(2), fc.constantFrom(0, COPIES))
    .map(([size, copies]) => size | copies),
});

test('many at once are as one by one', () => {
  const total = { filled: 0, copied: 0 };
  fc.assert(fc.property(aMove, (m) => {
    const [to, from] = [PAGE + m.to, m.page + m.from];
    frame.forEach((_, n) => { frame[n] = n * 167 >> 3; });
    const before = frame.slice();
    const done = move(to, from, m.value, m.count, m.most, m.how);
    const after = frame.slice();
    frame.set(before);
    oneByOne(done, to, from, m.value, m.how);
    expect(frame.findIndex((byte, n) => byte !== after[n])).toBe(-1);
    expect(done).toBeLessThan(Math.max(1, m.count));
    expect(done).toBeLessThanOrEqual(m.most);
    total[(m.how & COPIES) === 0 ? 'filled' : 'copied'] += done;
  }), { seed: 1, numRuns: 3000 });
  expect(total.filled).toBeGreaterThan(100_000);
  expect(total.copied).toBeGreaterThan(100_000);
});

test('all but the last, up to the end of a page', () => {
  expect(move(PAGE, 0, 0, 1024, 5000, 2)).toBe(1023);
  expect(move(PAGE, 0, 0, 5000, 5000, 2)).toBe(1024);
  expect(move(PAGE + 2, 0, 0, 5000, 5000, 2)).toBe(1023);
  expect(move(PAGE, ALIAS + 0xf00, 0, 5000, 5000, COPIES)).toBe(256);
  expect(move(PAGE, 0, 0, 1024, 7, 2)).toBe(7);
});

test('nothing, if something is not usual', () => {
  for (const count of [0, 1]) {
    expect(move(PAGE, 0, 0, count, 5000, 0)).toBe(0);
  }
  expect(move(ALIAS, PAGE, 0, 100, 5000, COPIES)).toBe(0);
  expect(move(PAGE, PAGE + 0x1000, 0, 100, 5000, COPIES)).toBe(0);
  expect(move(PAGE, 0, 0x1_0000, 100, 5000, 2)).toBe(0);
  view.setInt32(8 * field.id, DOWN, true);
  expect(move(PAGE, 0, 0, 100, 5000, 0)).toBe(0);
  view.setInt32(8 * field.id, 0, true);
});
