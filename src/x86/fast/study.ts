import { SIGNATURES } from '../../machine/tiers/dispatcher.ts';
import { encodeModule } from '../../machine/wasm/module.ts';
import { Cpu } from '../cpu.ts';
import { decode } from '../decode.ts';
import { flat } from '../state.ts';
import { sharedPhys } from './fast.ts';
import type { Shapes } from './shapes.ts';
import type { Stock } from './stock.ts';
import { MISS, Translator } from './translator.ts';
import { usual } from './usual.ts';

const RAM = 0x1_0000;

/** Has a translator learn what programs use most, in flat segments of
 * 32 bits, and keeps what it knows then. */
export function study(): Stock {
  const cpu = new Cpu(sharedPhys(RAM));
  flat(cpu.state);
  const t = new Translator(cpu, cpu.phys);
  const { contexts, tree, arena } = t;
  const way = contexts.way();
  const shapes = contexts.shapesOf(way);
  learnAll(shapes);
  for (const sample of usual()) {
    const shown = tree.show(shapes.root, room(sample), 0);
    if (!shown) throw new Error('the arena is too small');
  }
  const functions = t.handlers();
  const { lessons, texts } = shapes.lessons();
  return {
    way, root: tree.placeOf(shapes.root), ...lessons, texts,
    tree: arena.taken(), module: encodeModule({ types: SIGNATURES,
      table: true, imports: [MISS], functions }),
    handlers: functions.length,
  };
}

const room = (sample: readonly number[]): Uint8Array =>
  Uint8Array.from({ length: 16 }, (_, n) => sample[n] ?? 0);

/** Learns all that is usual. A tree that was given up on the way is
 * there again in the end. */
function learnAll(shapes: Shapes): void {
  for (const sample of [...usual(), ...usual()]) {
    const bytes = room(sample);
    if (shapes.find(bytes, 0)) continue;
    shapes.learn(decode((n) => bytes[n] ?? 0, 32), bytes, 0);
  }
}
