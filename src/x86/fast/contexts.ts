import type { Mode } from '../../machine/builder.ts';
import { State } from '../../machine/fields.ts';
import {
  CODE, CPL, CS, DS, ES, FLAT, flat, layout, SEG, SS, STACK, UNLIMITED,
} from '../state.ts';
import { type Shape, Shapes } from './shapes.ts';
import type { Stock } from './stock.ts';

/** All that decides, beside its bytes, what code means. */
export interface Context {
  /** From 1 to 4095: it stands in a page's tag. */
  readonly id: number;
  readonly code: 16 | 32;
  readonly user: boolean;
  readonly base: number;
  readonly limit: number;
  readonly shapes: Shapes;
}

interface Meeting {
  readonly values: Int32Array;
  readonly context: Context;
}

/** How many meetings are remembered. */
const RECENT = 16;

function holds({ i32 }: State, { values }: Meeting): boolean {
  for (let n = 0; n < WATCHED.length; n++) {
    if (i32[WATCHED[n] ?? 0] !== values[n]) return false;
  }
  return true;
}

/** Numbers the contexts that a processor has been in. */
export class Contexts {
  private readonly byKey = new Map<string, Context>();
  private readonly byId: Context[] = [];
  /** The latest meeting with each, by number. */
  private readonly latest: Meeting[] = [];
  private readonly shapes = new Map<string, Shapes>();
  /** What the watched fields held, and the context of then; the
   * newest first. */
  private readonly met: Meeting[] = [];
  /** All shapes by number. */
  readonly all: Shape[] = [];

  constructor(private readonly state: State, stock?: Stock) {
    if (stock) this.recall(stock);
  }

  /** Begins with what was learned before. */
  private recall(stock: Stock): void {
    const frozen = new State(layout);
    flat(frozen);
    const shapes = new Shapes(this.all, frozen, hintsIn(frozen));
    shapes.recall(stock, stock.texts);
    this.shapes.set(stock.way, shapes);
  }

  /** The context of now; undefined: there are no more numbers.
   * @param id of one that it may well be */
  now(id = 0): Context | undefined {
    const { state, latest } = this;
    const probable = latest[id];
    if (probable && holds(state, probable)) return probable.context;
    const meeting = this.met.find((one) => holds(state, one))
      ?? this.meet();
    if (meeting) latest[meeting.context.id] = meeting;
    return meeting?.context;
  }

  private meet(): Meeting | undefined {
    const { state } = this;
    const context = this.find();
    if (!context) return undefined;
    const values = WATCHED.map((at) => state.i32[at] ?? 0);
    const meeting = { values, context };
    this.met.unshift(meeting);
    if (this.met.length > RECENT) this.met.pop();
    return meeting;
  }

  private find(): Context | undefined {
    const { state } = this;
    const user = state.get(CPL) === 3;
    const base = state.get(SEG[CS].base);
    const limit = state.get(SEG[CS].limit);
    const way = this.way();
    const key = `${way} ${user} ${base} ${limit}`;
    let found = this.byKey.get(key);
    if (!found) {
      if (this.byKey.size === MOST) return undefined;
      const code = CODE.of(state) === 32 ? 32 : 16;
      found = { id: this.byKey.size + 1, code, user, base, limit,
        shapes: this.shapesOf(way) };
      this.byKey.set(key, found);
      this.byId[found.id] = found;
    }
    return found;
  }

  /** How meanings are recorded here, as text. */
  way(): string {
    const { state } = this;
    const hints = HINTS.map(hintsIn(state));
    return `${CODE.of(state)} ${STACK.of(state)} ${hints.join(' ')}`;
  }

  shapesOf(way: string): Shapes {
    let found = this.shapes.get(way);
    if (!found) {
      const frozen = new State(layout);
      frozen.restore(this.state.save());
      found = new Shapes(this.all, frozen, hintsIn(frozen));
      this.shapes.set(way, found);
    }
    return found;
  }

  /** The context of a number. */
  numbered(id: number): Context | undefined { return this.byId[id]; }

  forget(): void {
    this.byKey.clear();
    this.byId.length = 0;
    this.latest.length = 0;
    this.met.length = 0;
  }
}

const MOST = 4095;
const FIELDS = [CPL, SEG[CS].base, SEG[CS].limit, SEG[CS].rights,
  SEG[SS].rights, ...[ES, SS, DS].flatMap((s) => {
    const { base, reads, writes } = SEG[s as 0];
    return [base, reads, writes];
  })];
/** Where they are among the state's words. */
const WATCHED = Int32Array.from(FIELDS, ({ id }) => id << 1);
const HINTS: readonly Mode[] = [UNLIMITED, ...FLAT];
const SHORTCUTS = new Set<Mode | undefined>([UNLIMITED,
  ...[ES, SS, DS].map((s) => FLAT[s])]);

/** What a meaning learns if it asks about a mode. */
const hintsIn = (state: State) => (mode: Mode): number =>
  (SHORTCUTS.has(mode) ? mode.of(state) : 0);
