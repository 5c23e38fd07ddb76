import { ImageError } from './elf.ts';
import type { KernelParams } from './params.ts';
import { tablesFor, type Range, type Table } from './tables.ts';

/** A run of pseudo-physical frames. */
export interface Run { pfn: number; frames: number }

/** Where everything goes. Frames are pseudo-physical. */
export interface Plan {
  params: KernelParams;
  /** All the guest's memory, in frames. */
  total: number;
  kernel: Run;
  module: Run | undefined;
  p2m: Run;
  startInfo: number; store: number; console: number;
  /** Page tables, top table first, and the run they fill. */
  tables: Table[];
  tableRun: Run;
  stack: number;
  /** Frames 0 up to here are mapped when the guest wakes. */
  mapped: number;
}

const frameBytes = 4096n;
const framesOf = (bytes: number) => Math.ceil(bytes / 4096);

/** The address at which the guest sees one of its frames. */
export const virtualOf = (plan: Plan, pfn: number): bigint =>
  plan.params.virtBase + BigInt(pfn) * frameBytes;

/** Hands out frames from the bottom up. */
class Cursor {
  constructor(public next: number, private readonly total: number) {}

  take(what: string, frames: number): Run {
    const pfn = this.next;
    this.next += frames;
    if (this.next > this.total) {
      throw new ImageError(`too little memory: the ${what} needs `
        + `frames up to ${this.next}, the domain has ${this.total}`);
    }
    return { pfn, frames };
  }
}

const padding = 512 * 1024 / 4096;
const mapUnit = 4n * 1024n * 1024n;

/** How much is mapped at the start, its tables among it. */
function mapping(p: KernelParams, next: number):
  { end: bigint; tables: Table[] } {
  let tables: Table[] = [];
  for (;;) {
    const least = BigInt(next + tables.length + 1 + padding);
    const wanted = p.virtBase + least * frameBytes;
    const end = (wanted + mapUnit - 1n) / mapUnit * mapUnit;
    const need = tablesFor(p.width, [{ from: p.virtBase, to: end }]);
    if (need.length <= tables.length) return { end, tables };
    tables = need;
  }
}

/**
 * Plan a domain of `total` frames; throws ImageError if it is too
 * small. Xen: tools/libs/guest/xg_dom_core.c, xc_dom_build_image.
 */
export function planDomain(
  params: KernelParams, total: number, moduleBytes: number): Plan {
  const offset = params.start - params.virtBase;
  const cursor = new Cursor(Number(offset / frameBytes), total);
  const bytes = Number(offset % frameBytes + params.end - params.start);
  const kernel = cursor.take('kernel', framesOf(bytes));
  const takeModule = () => moduleBytes === 0 ? undefined
    : cursor.take('module', framesOf(moduleBytes));
  const early = params.unmappedModule ? undefined : takeModule();
  const p2mFrames = framesOf(total * params.width);
  const p2m = params.initP2m === undefined
    ? cursor.take('p2m', p2mFrames) : { pfn: 0, frames: 0 };
  const pages = planPages(params, cursor);
  const module = early ?? takeModule();
  const plan = { params, total, kernel, module, p2m, ...pages };
  if (params.initP2m !== undefined) {
    const from = params.initP2m;
    const range = { from, to: from + BigInt(p2mFrames) * frameBytes };
    const extra = missingTables(params.width, range, pages.tables);
    plan.p2m = cursor.take('p2m', p2mFrames + extra.length);
    extra.forEach((table, i) => {
      table.pfn = plan.p2m.pfn + p2mFrames + i;
    });
    plan.tables = [...pages.tables, ...extra];
  }
  return plan;
}

function planPages(params: KernelParams, cursor: Cursor) {
  const one = (what: string) => cursor.take(what, 1).pfn;
  const startInfo = one('start info page');
  const store = one('xenstore page');
  const console = one('console page');
  const { end, tables } = mapping(params, cursor.next);
  const tableRun = cursor.take('page tables', tables.length);
  tables.forEach((table, i) => { table.pfn = tableRun.pfn + i; });
  const stack = one('boot stack');
  const mapped = Number((end - params.virtBase) / frameBytes);
  cursor.take('padding', mapped - cursor.next);
  return { startInfo, store, console, tables, tableRun, stack, mapped };
}

function missingTables(
  width: 4 | 8, range: Range, have: Table[]): Table[] {
  const known = new Set(have.map((t) => `${t.level}:${t.base}`));
  return tablesFor(width, [range])
    .filter((t) => !known.has(`${t.level}:${t.base}`));
}
