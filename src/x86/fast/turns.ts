import { AT, TURN } from '../../machine/tiers/layout.ts';
import type { Arena } from './records.ts';

/** Which context follows another, for passages that have been gone
 * once. */
export class Turns {
  constructor(private readonly arena: Arena) {}

  /** Somebody wanted to know where a passage leads. */
  get wanted(): boolean { return this.arena.get(AT.turn) !== 0; }

  drop(): void { this.arena.set(AT.turn, 0); }

  /** It led to the context that generated code sees so. */
  learn(seen: readonly number[]): void {
    const { arena } = this;
    const level = arena.get(AT.turn + 8) >>> 13 & 3;
    const mixed = (arena.get(AT.turn) << 2) + level;
    const at = AT.turns + ((mixed & (TURN.COUNT - 1)) << TURN.SHIFT);
    for (let n = 0; n < TURN.CONTEXT; n += 4) {
      arena.set(at + n, arena.get(AT.turn + n));
    }
    seen.forEach((word, n) =>
      arena.set(at + TURN.CONTEXT + 4 * n, word));
  }

  /** Numbers of contexts are going to mean others. */
  forget(): void {
    for (let n = 0; n < TURN.COUNT; n++) {
      this.arena.set(AT.turns + (n << TURN.SHIFT), 0);
    }
    this.arena.set(AT.context, 0);
  }
}
