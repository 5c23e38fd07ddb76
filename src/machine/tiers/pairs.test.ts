import { expect, test } from 'vitest';
import { SIGNATURES, TYPES } from './dispatcher.ts';
import { AT, PAIR, RECORD } from './layout.ts';
import { cellOf, match } from './pairs.ts';
import { encodeModule } from '../wasm/module.ts';

const memory = new WebAssembly.Memory({ initial: 14 });
const words = new Int32Array(memory.buffer);
const halves = new Uint16Array(memory.buffer);
const made = new WebAssembly.Module(encodeModule({
  types: SIGNATURES, imports: [],
  functions: [
    { type: TYPES.handler, body: match(3, 1), name: 'match' },
  ],
}) as BufferSource);
const { exports } = new WebAssembly.Instance(made, { m: { memory } });
const look = exports['match'] as (record: number) => number;

/** Two linked records of these shapes, one behind the other. */
function pair(first: number, second: number): number {
  const [at, next] = [AT.arena, AT.arena + RECORD.BYTES];
  words.fill(0, at >> 2, (next + RECORD.BYTES) >> 2);
  halves[(at + RECORD.SHAPE) >> 1] = first;
  halves[(next + RECORD.SHAPE) >> 1] = second;
  words[(at + RECORD.NEXT) >> 2] = next;
  return at;
}

const cell = cellOf(1, 2);
const other = Array.from({ length: 60_000 }, (_, n) => n + 3)
  .find((shape) => cellOf(1, shape) === cell) ?? 0;
const value = () => words[(cell + PAIR.VALUE) >> 2];

test('who counts is put out, who is wanted or known stays', () => {
  look(pair(1, 2));
  look(pair(1, 2));
  expect(value()).toBe(-1);
  look(pair(1, other));
  expect(value()).toBe(-2);
  for (let n = 0; n < 3; n++) look(pair(1, 2));
  expect([value(), words[AT.wanted >> 2], words[AT.wanted + 4 >> 2]])
    .toEqual([0, 1, AT.arena]);
  look(pair(1, other));
  words[(cell + PAIR.VALUE) >> 2] = 77;
  look(pair(1, other));
  expect([value(), words[(AT.arena + RECORD.PAIR) >> 2]])
    .toEqual([77, 0]);
  look(pair(1, 2));
  expect(words[(AT.arena + RECORD.PAIR) >> 2]).toBe(77);
});
