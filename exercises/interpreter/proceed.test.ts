import { expect, test } from 'vitest';
import { RECORD } from '#book/machine/tiers/layout.ts';
import { Body } from '#book/machine/wasm/body.ts';
import { OP } from '#book/machine/wasm/encode.ts';
import { encodeModule } from '#book/machine/wasm/module.ts';
import { EIP } from '#book/x86/state.ts';
import { follow, TAKEN } from './proceed.ts';

/** Follows links from a record; gives the last one. */
function walker(): Body {
  const f = new Body(1);
  const rounds = f.local('i32');
  f.open(OP.loop);
  const head = f.depth;
  f.getLocal(rounds);
  f.i32(1);
  f.op(0x6a);
  f.tee(rounds);
  f.i32(10);
  f.op(0x4a);
  f.open(OP.if);
  f.op(OP.unreachable);
  f.close();
  follow(f, 0, EIP, head);
  f.close();
  f.getLocal(0);
  return f;
}

type Given = readonly [at: number, pc: number, taken: number];

/** From the record at 0x4000: where it ends, and EIP then. */
function walk(eip: number, given: readonly Given[]) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const table = new WebAssembly.Table(
    { element: 'anyfunc', initial: 1 });
  const bytes = encodeModule({
    types: [{ from: ['i32'], to: ['i32'] }], imports: [],
    functions: [{ type: 0, body: walker(), name: 'walk' }],
  });
  const module = new WebAssembly.Module(bytes as BufferSource);
  const { exports } = new WebAssembly.Instance(module,
    { m: { memory, table } });
  const words = new Int32Array(memory.buffer);
  words[RECORD.PC >> 2] = eip;
  words[EIP.id * 2] = eip;
  for (const [at, pc, taken] of given) {
    words[(at + RECORD.PC) >> 2] = pc;
    words[(at + TAKEN) >> 2] = taken;
  }
  const run = exports['walk'] as (record: number) => number;
  return [run(0x4000), words[EIP.id * 2]];
}

test.each([
  ['the same way again', 0x1200, 0x4100,
    [[0x4000, 0x1000, 0x4100], [0x4100, 0x1200, 0]]],
  ['another way', 0x1300, 0x4000,
    [[0x4000, 0x1000, 0x4100], [0x4100, 0x1200, 0]]],
  ['no way yet', 0x1200, 0x4000, [[0x4000, 0x1000, 0]]],
  ['twice the same', 0x1200, 0x4200, [[0x4000, 0x1000, 0x4100],
    [0x4100, 0x1200, 0x4200], [0x4200, 0x1200, 0x4300],
    [0x4300, 0x1400, 0]]],
] as const)('%s', (_name, eip, record, given) => {
  expect(walk(eip, given)).toEqual([record, eip]);
});
