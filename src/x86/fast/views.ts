import type { Phys } from '../../machine/phys.ts';
import { AT, ENTRY } from '../../machine/tiers/layout.ts';
import {
  type Follower, SYS_READ, SYS_WRITE, USER_READ, USER_WRITE,
} from '../tlb.ts';

const WORDS = (1 << ENTRY.SHIFT) >> 2;
const ALL = WORDS * ENTRY.COUNT;
/** From an entry of the processor's view to that of programs. */
const USER = (AT.user - AT.system) >> 2;
const NOTHING = 1;
const FEW = 8;

/** The translations that generated code sees: what the buffer lets
 * through, as far as memory can be reached without a further look.
 * One view is for the processor's own accesses and for levels 0 to
 * 2, one for programs on level 3. */
export class Views implements Follower {
  private readonly words: Int32Array;
  /** Entries that were shown since all was forgotten: how many, and
   * which. */
  private readonly shown: Int32Array;

  /** @param entries of the buffer that this follows */
  constructor(
    memory: WebAssembly.Memory, private readonly phys: Phys,
    private readonly entries: number = ENTRY.COUNT,
  ) {
    const { buffer } = memory;
    this.words = new Int32Array(buffer, AT.system, USER + ALL);
    this.shown = new Int32Array(buffer, AT.shown, 1 + ENTRY.COUNT);
    for (let at = 0; at < entries; at++) this.forget(at);
    phys.onMark.push((pfns) => this.protect(pfns));
  }

  forget(at: number): void {
    for (let n = at; n < ENTRY.COUNT; n += this.entries) {
      this.close(n * WORDS);
      this.close(USER + n * WORDS);
    }
  }

  private close(entry: number): void {
    this.words[entry + ENTRY.READ / 4] = NOTHING;
    this.words[entry + ENTRY.WRITE / 4] = NOTHING;
  }

  private get count(): number { return this.shown[0] ?? 0; }
  private set count(count: number) { this.shown[0] = count; }

  forgetAll(): void {
    const { shown, count } = this;
    for (let n = 1; n <= count; n++) this.forget(shown[n] ?? 0);
    this.count = 0;
  }

  /** Shows an entry of the buffer, of frame address `frame`. */
  show(la: number, frame: number, rights: number): void {
    const page = (la & 0xffff_f000) >>> 0;
    const direct = this.phys.direct(frame);
    const n = page >>> 12 & (ENTRY.COUNT - 1);
    const at = n * WORDS;
    if (this.count === ENTRY.COUNT) this.forgetAll();
    this.shown[++this.count] = n;
    this.put(at, page, direct, rights, SYS_READ, SYS_WRITE);
    this.put(USER + at, page, direct, rights, USER_READ, USER_WRITE);
    this.words[at + 4] = frame - page + AT.ram;
    this.words[USER + at + 4] = frame - page + AT.ram;
  }

  private put(
    entry: number, page: number, direct: number, rights: number,
    read: number, write: number,
  ): void {
    const reads = (rights & read) !== 0 && (direct & 1) !== 0;
    const writes = (rights & write) !== 0 && (direct & 2) !== 0;
    this.words[entry] = reads ? page | 0 : NOTHING;
    this.words[entry + 2] = writes ? page | 0 : NOTHING;
  }

  /** Whether a view lets an access through now. */
  lets(la: number, write: boolean, user: boolean): boolean {
    const at = (la >>> 12 & (ENTRY.COUNT - 1)) * WORDS
      + (user ? USER : 0) + (write ? 2 : 0);
    return this.words[at] === (la & 0xffff_f000);
  }

  /** Frames are no longer what they were. Of many at once, all that is
   * known is forgotten. */
  private protect(pfns: readonly number[]): void {
    if (pfns.length > FEW) return this.forgetAll();
    const { shown, count } = this;
    for (let n = 1; n <= count; n++) {
      const at = (shown[n] ?? 0) * WORDS;
      for (const entry of [at, USER + at]) this.guard(entry, pfns);
    }
  }

  private guard(entry: number, pfns: readonly number[]): void {
    const { words } = this;
    const read = words[entry + ENTRY.READ / 4] ?? NOTHING;
    const write = words[entry + ENTRY.WRITE / 4] ?? NOTHING;
    const addend = words[entry + ENTRY.ADDEND / 4] ?? 0;
    const page = read === NOTHING ? write : read;
    if (page === NOTHING) return;
    const frame = addend - AT.ram + page;
    if (pfns.includes(frame >>> 12)) this.close(entry);
  }
}
