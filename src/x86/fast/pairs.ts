import { TYPES } from '../../machine/tiers/dispatcher.ts';
import { HandlerWriter } from '../../machine/tiers/handler.ts';
import { AT, PAIR, RECORD } from '../../machine/tiers/layout.ts';
import { cellOf } from '../../machine/tiers/pairs.ts';
import type { Func } from '../../machine/wasm/module.ts';
import { EIP } from '../state.ts';
import type { Shape } from './shapes.ts';
import { MISS, type Translator } from './translator.ts';

/** Handlers that execute two instructions. */
export class Pairs {
  constructor(private readonly t: Translator) {}

  /** Makes those that are wanted, if they are as many as that. */
  make(least: number): void {
    const { arena } = this.t;
    const wanted = arena.get(AT.wanted);
    if (wanted < least) return;
    const functions: Func[] = [];
    for (let n = 1; n <= wanted; n++) {
      const made = this.makeFor(arena.get(AT.wanted + 4 * n));
      if (made) functions.push(made);
    }
    arena.set(AT.wanted, 0);
    if (functions.length > 0) this.t.instantiate(functions, [MISS]);
  }

  /** The handler for a record and the one behind it. */
  private makeFor(record: number): Func | undefined {
    const { t } = this;
    const [first, second] =
      [t.shapeAt(record), t.shapeAt(record + RECORD.BYTES)];
    if (!first || !second || !areFit(first, second)) return undefined;
    const body = new HandlerWriter(EIP);
    body.writeBoth(first.template, second.template);
    const slot = t.newSlot();
    t.arena.set(cellOf(first.id + 1, second.id + 1) + PAIR.VALUE, slot);
    t.arena.set(record + RECORD.PAIR, slot);
    t.counts.pairs++;
    return { type: TYPES.handler, body, slot };
  }
}

/** Whether one handler can execute both. */
function areFit(first: Shape, second: Shape): boolean {
  const { foreign, template: { jumps } } = first;
  return !foreign && !second.foreign && jumps.length === 0;
}
