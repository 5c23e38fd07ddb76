import { AT } from '../machine/tiers/layout.ts';
import type { State } from '../machine/fields.ts';
import type { Phys } from '../machine/phys.ts';
import { CR0, CR3, CR4, PDPTE } from './state.ts';
import {
  KEPT, PIECE, SYS_READ, SYS_WRITE, Tlb, USER_READ, USER_WRITE,
} from './tlb.ts';

/** Bits of an entry (SDM vol. 3A §4.3, table 4-6). */
export const PRESENT = 0x01;
export const WRITABLE = 0x02;
export const USER = 0x04;
export const ACCESSED = 0x20;
export const DIRTY = 0x40;
/** In a directory: the entry is a large page, not a table. */
export const LARGE = 0x80;
export const GLOBAL = 0x100;

/** In CR0: protection, write protection in ring 0, paging. */
export const PE = 0x1;
export const WP = 0x1_0000;
export const PG = 0x8000_0000;
/** In CR4: large pages, wide entries, global pages. */
export const PSE = 0x10;
export const PAE = 0x20;
export const PGE = 0x80;

/** An entry met on the way from a linear address to its page. */
export interface Visit {
  /** 1: page table, 2: directory, 3: directory pointer. */
  readonly level: 1 | 2 | 3;
  /** Its physical address; for a pointer, its number. */
  readonly at: number;
  /** Bits 0–31 and 32–63, unsigned. */
  readonly low: number;
  readonly high: number;
}

/** The way from a linear address as far as it goes. */
export interface Walk {
  readonly visits: readonly Visit[];
  /** Physical address of the page; nothing: it ended early. */
  readonly page: number | undefined;
  /** Bytes of the page. */
  readonly size: number;
  /** A present entry had a reserved bit set. */
  readonly reserved: boolean;
}

const early = (visits: Visit[]): Walk =>
  ({ visits, page: undefined, size: 0, reserved: false });

const broken = (visits: Visit[]): Walk =>
  ({ visits, page: undefined, size: 0, reserved: true });

/** What a walk reads: tables in storage, and registers. */
export interface Tables {
  readonly phys: Pick<Phys, 'read32' | 'write32'>;
  readonly state: State;
}

export function read4(t: Tables, level: 1 | 2, at: number): Visit {
  return { level, at, low: t.phys.read32(at), high: 0 };
}

/** Two levels of 1024 entries (SDM vol. 3A §4.3). */
function walkTwo(t: Tables, la: number): Walk {
  const directory = (t.state.get(CR3) & 0xffff_f000) >>> 0;
  const pde = read4(t, 2, directory + (la >>> 22) * 4);
  if ((pde.low & PRESENT) === 0) return early([pde]);
  if ((pde.low & LARGE) !== 0 && (t.state.get(CR4) & PSE) !== 0) {
    if ((pde.low & 0x20_0000) !== 0) return broken([pde]);
    const above = (pde.low >>> 13 & 0xff) * 2 ** 32;
    const page = above + ((pde.low & 0xffc0_0000) >>> 0);
    return { visits: [pde], page, size: 0x40_0000, reserved: false };
  }
  const table = (pde.low & 0xffff_f000) >>> 0;
  const pte = read4(t, 1, table + (la >>> 12 & 0x3ff) * 4);
  const visits = [pde, pte];
  if ((pte.low & PRESENT) === 0) return early(visits);
  const page = (pte.low & 0xffff_f000) >>> 0;
  return { visits, page, size: 0x1000, reserved: false };
}

/** W and U as far as all entries of a way grant them. */
export function granted(walk: Walk): number {
  const tables = walk.visits.filter((visit) => visit.level < 3);
  return tables.reduce((all, { low }) => all & low, WRITABLE | USER);
}

/** An access, as far as paging asks. */
export interface Asked {
  readonly write: boolean;
  readonly user: boolean;
}

/** The error code of the page fault, or nothing: it may.
 * SDM vol. 3A §4.6 and §4.7. */
export function faultCode(
  walk: Walk, asked: Asked, wp: boolean,
): number | undefined {
  const { write, user } = asked;
  const code = (write ? 2 : 0) | (user ? 4 : 0);
  if (walk.reserved) return code | 9;
  if (walk.page === undefined) return code;
  const all = granted(walk);
  if (user && (all & USER) === 0) return code | 1;
  const strict = user || wp;
  if (write && strict && (all & WRITABLE) === 0) return code | 1;
  return undefined;
}

/** Sets A all along a way that was used, and D at its end. */
function mark(t: Tables, walk: Walk, write: boolean): void {
  const end = walk.visits.length - 1;
  walk.visits.forEach(({ level, at, low }, n) => {
    if (level === 3) return;
    const bits = n === end && write ? ACCESSED | DIRTY : ACCESSED;
    if ((low & bits) !== bits) t.phys.write32(at, (low | bits) >>> 0);
  });
}

export function pointer(t: Tables, n: number): Visit {
  const field = PDPTE[n as 0 | 1 | 2 | 3];
  const raw = BigInt.asUintN(64, t.state.i64[field.id] ?? 0n);
  const low = Number(raw & 0xffff_ffffn);
  return { level: 3, at: n, low, high: Number(raw >> 32n) };
}

export function read8(t: Tables, level: 1 | 2, at: number): Visit {
  const low = t.phys.read32(at);
  return { level, at, low, high: t.phys.read32(at + 4) };
}

/** Bits 12–51 of an entry: where it points. */
export function target(entry: Visit): number {
  const above = (entry.high & 0xf_ffff) * 2 ** 32;
  return above + ((entry.low & 0xffff_f000) >>> 0);
}

const wide = (entry: Visit): boolean => entry.high >>> 20 !== 0;

/** Three levels of 4, 512 and 512 (SDM vol. 3A §4.4). */
function walkThree(t: Tables, la: number): Walk {
  const top = pointer(t, la >>> 30);
  if ((top.low & PRESENT) === 0) return early([top]);
  const at = target(top) + (la >>> 21 & 0x1ff) * 8;
  const pde = read8(t, 2, at);
  if ((pde.low & PRESENT) === 0) return early([top, pde]);
  if (wide(pde)) return broken([top, pde]);
  if ((pde.low & LARGE) !== 0) return largeThree([top, pde], pde);
  const pte = read8(t, 1, target(pde) + (la >>> 12 & 0x1ff) * 8);
  const visits = [top, pde, pte];
  if ((pte.low & PRESENT) === 0) return early(visits);
  if (wide(pte)) return broken(visits);
  const page = target(pte);
  return { visits, page, size: 0x1000, reserved: false };
}

function largeThree(visits: Visit[], pde: Visit): Walk {
  if ((pde.low & 0x1f_e000) !== 0) return broken(visits);
  const within = pde.low & 0x1f_f000;
  const page = target(pde) - within;
  return { visits, page, size: 0x20_0000, reserved: false };
}

/** The way from a linear address, by the tables of now. */
export function walk(t: Tables, la: number): Walk {
  if ((t.state.get(CR0) & PG) === 0) {
    const page = (la & 0xffff_f000) >>> 0;
    return { visits: [], page, size: 0x1000, reserved: false };
  }
  const three = (t.state.get(CR4) & PAE) !== 0;
  return three ? walkThree(t, la) : walkTwo(t, la);
}

/** Walks, checks, marks, remembers. */
export class Mmu {
  /** For data; beside it, for instructions. */
  readonly tlb: Tlb;
  /** Whether address line 20 follows the address. */
  a20 = true;

  /** @param memory where generated code would look for buffers */
  constructor(
    readonly tables: Tables, memory?: WebAssembly.Memory,
  ) {
    this.tlb = memory ? new Tlb(8192,
      new Tlb(1024, undefined, memory.buffer, AT.fetches),
      memory.buffer, AT.buffer) : new Tlb(8192, new Tlb(1024));
  }

  /** The physical address for an access that `right` names, or
   * for a page fault -1 - its error code. Sets A and D. */
  translate(la: number, right: number, fetch = false): number {
    const tlb = fetch ? this.tlb.beside ?? this.tlb : this.tlb;
    const known = tlb.lookup(la, right);
    if (known >= 0) return known;
    const user = (right & (USER_READ | USER_WRITE)) !== 0;
    const write = (right & (SYS_WRITE | USER_WRITE)) !== 0;
    if (this.quickly(tlb, la, write, user)) {
      return tlb.lookup(la, right);
    }
    const wp = (this.tables.state.get(CR0) & WP) !== 0;
    const way = walk(this.tables, la);
    const code = faultCode(way, { write, user }, wp);
    if (code !== undefined) {
      tlb.flushPage(la);
      return -1 - code;
    }
    mark(this.tables, way, write);
    return this.remember(tlb, la, way, write);
  }

  /** The same for data, for whoever can fall back on `translate`: -1
   * and no trace if it would fault, or set A or D in an entry that
   * `plain` refuses, or lead to a frame that `direct` refuses. */
  attempt(
    la: number, right: number, plain: (pa: number) => boolean,
    direct: (pa: number) => boolean = () => true,
  ): number {
    const known = this.tlb.lookup(la, right);
    if (known >= 0) return known;
    const user = (right & (USER_READ | USER_WRITE)) !== 0;
    const write = (right & (SYS_WRITE | USER_WRITE)) !== 0;
    if (this.quickly(this.tlb, la, write, user, direct)) {
      return this.tlb.lookup(la, right);
    }
    const wp = (this.tables.state.get(CR0) & WP) !== 0;
    const way = walk(this.tables, la);
    if (faultCode(way, { write, user }, wp) !== undefined) return -1;
    const may = way.visits.every(({ level, at }) =>
      level === 3 || plain(at));
    if (!may || !direct(this.frameOf(la, way))) return -1;
    mark(this.tables, way, write);
    return this.remember(this.tlb, la, way, write);
  }

  /** The frame of an address that a way leads to. */
  private frameOf(la: number, { page = 0, size }: Walk): number {
    const whole = page + (la & (size - 1) & 0xffff_f000);
    return this.a20 ? whole : whole - (whole & 0x10_0000);
  }

  /** The error code of the page fault that an access would raise, or
   * -1. It leaves no trace. */
  faultOf(la: number, right: number): number {
    const user = (right & (USER_READ | USER_WRITE)) !== 0;
    const write = (right & (SYS_WRITE | USER_WRITE)) !== 0;
    const wp = (this.tables.state.get(CR0) & WP) !== 0;
    const way = walk(this.tables, la);
    return faultCode(way, { write, user }, wp) ?? -1;
  }

  /** The walk through two tables that have been used before: by far
   * the most frequent one. False: it is another, or it faults. */
  private quickly(
    tlb: Tlb, la: number, write: boolean, user: boolean,
    direct?: (pa: number) => boolean,
  ): boolean {
    const { phys, state } = this.tables;
    const cr0 = state.get(CR0);
    const cr4 = state.get(CR4);
    const simple = (cr0 & PG) !== 0 && (cr4 & PAE) === 0 && this.a20;
    if (!simple) return false;
    const directory = (state.get(CR3) & 0xffff_f000) >>> 0;
    const pde = phys.read32(directory + (la >>> 22) * 4);
    if ((~pde & (PRESENT | ACCESSED)) !== 0) return false;
    if ((pde & LARGE) !== 0 && (cr4 & PSE) !== 0) return false;
    const table = (pde & 0xffff_f000) >>> 0;
    const pte = phys.read32(table + (la >>> 12 & 0x3ff) * 4);
    const used = PRESENT | ACCESSED | (write ? DIRTY : 0);
    if ((pte & used) !== used) return false;
    const wp = (cr0 & WP) !== 0;
    const all = pde & pte;
    if (user && (all & USER) === 0) return false;
    if (write && (user || wp) && (all & WRITABLE) === 0) return false;
    const frame = (pte & 0xffff_f000) >>> 0;
    if (direct?.(frame) === false) return false;
    tlb.fill(la, frame, simpleRights(all, pte, wp, cr4));
    return true;
  }

  private remember(
    tlb: Tlb, la: number, way: Walk, write: boolean,
  ): number {
    const wp = (this.tables.state.get(CR0) & WP) !== 0;
    const frame = this.frameOf(la, way);
    const global = (this.tables.state.get(CR4) & PGE) !== 0;
    const rights = rightsOf(way, write, wp)
      & (global ? ~0 : ~KEPT);
    tlb.fill(la, frame, rights);
    return frame + (la & 0xfff);
  }
}

/** What a page of 4 KiB lets pass; `all` is what both entries have. */
function simpleRights(
  all: number, pte: number, wp: boolean, cr4: number,
): number {
  const dirty = (pte & DIRTY) !== 0;
  const writable = (all & WRITABLE) !== 0;
  let rights = SYS_READ;
  if ((writable || !wp) && dirty) rights |= SYS_WRITE;
  if ((all & USER) !== 0) rights |= USER_READ;
  if ((all & USER) !== 0 && writable && dirty) rights |= USER_WRITE;
  if ((pte & GLOBAL) !== 0 && (cr4 & PGE) !== 0) rights |= KEPT;
  return rights;
}

/** What a way lets pass, once it was used. */
function rightsOf(way: Walk, write: boolean, wp: boolean): number {
  const all = granted(way);
  const last = way.visits.at(-1);
  const dirty = write || !last || (last.low & DIRTY) !== 0;
  const user = (all & USER) !== 0;
  const writable = (all & WRITABLE) !== 0;
  let rights = SYS_READ;
  if (user) rights |= USER_READ;
  if (user && writable && dirty) rights |= USER_WRITE;
  if ((writable || !wp) && dirty) rights |= SYS_WRITE;
  if (last && (last.low & GLOBAL) !== 0) rights |= KEPT;
  if (way.size > 0x1000) rights |= PIECE;
  return rights;
}
