import type { Phys } from '../machine/phys.ts';
import { PAGE } from '../machine/phys.ts';
import type { Insn } from './insn.ts';
import { meaningOf } from './meaning/index.ts';
import type { Meaning } from './operands.ts';

/** An instruction ready to be executed. */
export class Decoded {
  readonly meaning: Meaning;
  readonly length: number;
  constructor(readonly insn: Insn) {
    this.meaning = meaningOf(insn);
    this.length = insn.length;
  }
}


/** The instructions of one page, by offset. */
type CodePage = (Decoded | undefined)[];

const LONGEST = 15;

const keyOf = (pa: number, mode: number): number =>
  Math.floor(pa / PAGE) * 2 + (mode === 32 ? 1 : 0);

/** Decoded instructions by physical page and mode. A mode is 16 or
 * 32; a write to a page forgets what it may have changed. */
export class CodeCache {
  private readonly pages = new Map<number, CodePage>();
  private lastKey = -1;
  private last: CodePage | undefined;

  constructor(private readonly phys: Phys) {
    phys.onWrite.push((pa, bytes) => this.forget(pa, bytes));
  }

  get(pa: number, mode: number): Decoded | undefined {
    return this.page(keyOf(pa, mode))?.[pa & 0xfff];
  }

  put(pa: number, mode: number, decoded: Decoded): void {
    if ((pa & 0xfff) + decoded.length > PAGE) return;
    this.phys.watch(Math.floor(pa / PAGE));
    const key = keyOf(pa, mode);
    const page = this.page(key) ?? this.add(key);
    page[pa & 0xfff] = decoded;
  }

  private page(key: number): CodePage | undefined {
    if (key !== this.lastKey) {
      this.last = this.pages.get(key);
      this.lastKey = key;
    }
    return this.last;
  }

  private add(key: number): CodePage {
    const page = new Array<Decoded | undefined>(PAGE).fill(undefined);
    this.pages.set(key, page);
    this.last = page;
    return page;
  }

  private forget(pa: number, bytes: number): void {
    if (bytes > PAGE) return this.clear();
    const pfn = Math.floor(pa / PAGE);
    for (const key of [2 * pfn, 2 * pfn + 1]) {
      const from = Math.max(0, (pa & 0xfff) - LONGEST + 1);
      const to = (pa & 0xfff) + bytes;
      this.pages.get(key)?.fill(undefined, from, to);
    }
  }

  clear(): void {
    this.pages.clear();
    this.lastKey = -1;
  }
}
