import { expect, test } from 'vitest';
import { HandlerWriter } from '../../src/machine/tiers/handler.ts';
import { SIGNATURES, TYPES } from '../../src/machine/tiers/dispatcher.ts';
import { encodeModule } from '../../src/machine/wasm/module.ts';
import { State } from '../../src/machine/fields.ts';
import { decode } from '../../src/x86/decode.ts';
import { type Shape, Shapes } from '../../src/x86/fast/shapes.ts';
import { MISS } from '../../src/x86/fast/translator.ts';
import { EIP, flat, layout } from '../../src/x86/state.ts';

/** Beginnings of all instructions: prefix, map, opcode, ModRM. */
function* beginnings(): Generator<number[]> {
  for (const prefix of [[], [0x66], [0xf2], [0xf3]]) {
    for (const map of [[], [0x0f]]) {
      for (let opcode = 0; opcode < 256; opcode++) {
        for (let modrm = 0; modrm < 256; modrm += 5) {
          yield [...prefix, ...map, opcode, modrm];
        }
      }
    }
  }
}

const TAIL = [0x24, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** All shapes that the table of opcodes can lead to. */
function everyShape(hints: number): Shape[] {
  const all: Shape[] = [];
  const state = new State(layout);
  flat(state);
  const shapes = new Shapes(all, state, () => hints);
  for (const begin of beginnings()) {
    const bytes = Uint8Array.from([...begin, ...TAIL]);
    const insn = decode((n) => bytes[n] ?? 0, 32);
    if (!shapes.find(bytes, 0)) shapes.learn(insn, bytes, 0);
  }
  return all;
}

test.each([0, 3])('every shape becomes valid WebAssembly: %s', (hints) => {
  const own = everyShape(hints).filter(({ template }) => !template.foreign);
  const functions = own.map(({ template }) => {
    const body = new HandlerWriter(EIP);
    body.write(template);
    return { type: TYPES.handler, body };
  });
  const bytes = encodeModule({ types: SIGNATURES, imports: [MISS], functions });
  expect(() => new WebAssembly.Module(bytes as BufferSource)).not.toThrow();
  expect(own.length).toBeGreaterThan(500);
});
