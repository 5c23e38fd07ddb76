import { type State } from '../../machine/fields.ts';
import { StraightWriter } from '../../machine/record/straight.ts';
import type { Template } from '../../machine/record/template.ts';
import { AT, ENTRY } from '../../machine/tiers/layout.ts';
import { encodeModule } from '../../machine/wasm/module.ts';
import { EIP } from '../state.ts';

const memory = new WebAssembly.Memory({ initial: 14 });
const table = new WebAssembly.Table({ initial: 1, element: 'anyfunc' });

/** One page of the program's memory, as it was left. */
export const page = new Uint8Array(memory.buffer, AT.arena, 0x1000);

/** Lets generated code reach page `va`, and no other. */
export function show(va: number): void {
  const at = AT.user + ((va >>> 12) % ENTRY.COUNT << ENTRY.SHIFT);
  const view = new DataView(memory.buffer);
  const end = AT.user + (ENTRY.COUNT << ENTRY.SHIFT);
  for (let n = AT.user; n < end; n += 1 << ENTRY.SHIFT) {
    view.setBigInt64(n + ENTRY.READ, 1n, true);
    view.setBigInt64(n + ENTRY.WRITE, 1n, true);
  }
  view.setBigInt64(at + ENTRY.READ, BigInt(va), true);
  view.setBigInt64(at + ENTRY.WRITE, BigInt(va), true);
  view.setInt32(at + ENTRY.ADDEND, AT.arena - va, true);
}

/** Writes a template as WebAssembly and runs it on a state. */
export function runStraight(
  template: Template, state: State, holes: readonly number[] = [],
): number {
  const body = new StraightWriter(EIP, holes).write(template);
  const module = new WebAssembly.Module(encodeModule({
    types: [{ from: [], to: ['i32'] }], imports: [],
    functions: [{ type: 0, body, name: 'go' }],
  }) as BufferSource);
  const instance = new WebAssembly.Instance(module,
    { m: { memory, table } });
  const words = new Int32Array(memory.buffer, 0, state.i32.length);
  words.set(state.i32);
  const came = (instance.exports['go'] as () => number)();
  state.restore(words);
  return came;
}
