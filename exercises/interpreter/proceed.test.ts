import { expect, test } from 'vitest';
import { RECORD } from '#book/machine/tiers/layout.ts';
import { Body } from '#book/machine/wasm/body.ts';
import { OP } from '#book/machine/wasm/encode.ts';
import { encodeModule } from '#book/machine/wasm/module.ts';
import { EIP } from '#book/x86/state.ts';
import { proceed } from './proceed.ts';

/** Goes on from a record; gives the last one, and rounds. */
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
  proceed(f, 0, EIP, head);
  f.close();
  f.getLocal(0);
  return f;
}

test('it goes along the links, then sets EIP', () => {
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
  [0x4000, 0x4040, 0x4080].forEach((at, n) => {
    words[(at + RECORD.NEXT) >> 2] = n < 2 ? at + 0x40 : 0;
    words[(at + RECORD.PC) >> 2] = 0x1000 + 16 * n;
    words[(at + RECORD.LENGTH) >> 2] = 3 + n;
  });
  words[EIP.id * 2] = 77;
  const walk = exports['walk'] as (record: number) => number;
  expect(walk(0x4000)).toBe(0x4080);
  expect(words[EIP.id * 2]).toBe(0x1025);
});
