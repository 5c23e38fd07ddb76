import { TYPES } from '../../machine/tiers/dispatcher.ts';
import { DID } from '../../machine/tiers/handler.ts';
import {
  AT, MOST_SHAPES, PAGE_ENTRY, RECORD,
} from '../../machine/tiers/layout.ts';
import { NE, type Push, Words } from '../../machine/wasm/words.ts';
import type { Context } from './contexts.ts';
import type { PageView } from './records.ts';
import type { Shape } from './shapes.ts';
import type { Translator } from './translator.ts';

/** What the guard of such a record compares: the entry of the second
 * page as it was; and whom it lets work then. */
const SECOND = { HANDLER: 0, TAG: 4, MAP: 8, BYTES: 12 } as const;

/** The handler of records that go on in the next page: calls their
 * own, if that page is where it was. */
export function guard(): Words {
  const f = new Words(1);
  const second = f.local('i32');
  f.let(second, f.at(f.of(0), RECORD.NEED));
  const was = (what: number): Push => f.at(f.of(second), what);
  const place = f.and(f.shr(was(SECOND.TAG), 12 - PAGE_ENTRY.SHIFT),
    f.num(0x3ff << PAGE_ENTRY.SHIFT));
  for (const [now, then] of [[PAGE_ENTRY.TAG, SECOND.TAG],
    [PAGE_ENTRY.MAP, SECOND.MAP]] as const) {
    const is = f.at(place, AT.pages + now);
    f.when(f.join(NE, is, was(then)), () => f.give(f.num(DID.NOTHING)));
  }
  f.of(0)();
  was(SECOND.HANDLER)();
  f.callIndirect(TYPES.handler);
  return f;
}

interface Known {
  readonly shape: Shape;
  readonly second: number;
}

/** Instructions that begin in one page and end in the next. */
export class Crossings {
  private readonly known = new Map<number, Known>();
  private sheet: Pick<PageView, 'map' | 'bytes'> | undefined;

  constructor(
    private readonly t: Translator, private readonly slot: number,
  ) {}

  /** All records are gone. */
  forget(): void {
    this.known.clear();
    this.sheet = undefined;
  }

  /** Whether a record that did nothing may be tried once more. */
  make(record: number, context: Context): boolean {
    const { arena } = this.t;
    const at = (context.base + arena.get(record + RECORD.PC)) >>> 0;
    const first = this.viewAt(at, context);
    const second = this.viewAt((at | 0xfff) + 1, context);
    if (!first || !second) return false;
    const known = this.known.get(record);
    const same = known !== undefined
      && arena.get(known.second + SECOND.MAP) === second.map;
    if (!same) return this.decode(record, at & 0xfff, first, second,
      context);
    const { shape: { handler } } = known;
    const late = arena.get(known.second + SECOND.HANDLER) === 0;
    if (late) arena.set(known.second + SECOND.HANDLER, handler);
    return late && handler !== 0;
  }

  /** The view that the dispatcher would find for a linear address. */
  private viewAt(la: number, context: Context): PageView | undefined {
    const { arena, byMap } = this.t;
    const view = byMap.get(arena.mapAt(la >>> 12 & 0x3ff));
    const page = (la & 0xffff_f000) >>> 0;
    return view?.page === page && view.context === context.id
      ? view : undefined;
  }

  private decode(
    record: number, at: number, first: PageView, second: PageView,
    context: Context,
  ): boolean {
    const { arena } = this.t;
    const split = 0x1000 - at;
    if (split > LONGEST) return false;
    const bytes = new Uint8Array(2 * LONGEST);
    bytes.set(first.bytes.subarray(at));
    bytes.set(second.bytes.subarray(0, LONGEST), split);
    const pc = arena.get(record + RECORD.PC) >>> 0;
    const made = this.onSheet(bytes, pc, context);
    if (!made || made.length <= split) return false;
    const place = this.known.get(record)?.second
      ?? arena.take(SECOND.BYTES);
    if (place === 0) return false;
    second.tail = Math.max(second.tail, made.length - split);
    arena.set(place + SECOND.HANDLER, made.shape.handler);
    arena.set(place + SECOND.TAG, second.page | context.id);
    arena.set(place + SECOND.MAP, second.map);
    arena.copyHoles(made.record, record);
    arena.set(record + RECORD.NEED, place);
    arena.set(record + RECORD.HANDLER, this.slot);
    arena.set(record + RECORD.PAIR, this.slot);
    this.known.set(record, { shape: made.shape, second: place });
    return made.shape.handler !== 0;
  }

  private onSheet(bytes: Uint8Array, pc: number, context: Context) {
    const sheet = this.sheet ??= this.newSheet();
    const leaf = this.t.leafOf(bytes, context);
    const { shape, length } = leaf;
    if (!sheet || shape.foreign || shape.id >= MOST_SHAPES) return;
    if (pc + length - 1 > context.limit) return undefined;
    this.t.arena.set(sheet.map, 0);
    sheet.bytes.set(bytes);
    const record = this.t.decodeOne(sheet.map, bytes, pc, context, leaf);
    return record === 0 ? undefined : { record, shape, length };
  }

  private newSheet(): Pick<PageView, 'map' | 'bytes'> | undefined {
    const { arena } = this.t;
    const map = arena.takeMap();
    return map === 0 ? undefined
      : { map, bytes: arena.copyBehind(map) };
  }
}

const LONGEST = 15;
