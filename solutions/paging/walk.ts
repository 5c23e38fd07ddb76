import {
  LARGE, PAE, PG, pointer, PRESENT, PSE, read4, read8, type Tables,
  target, type Visit, type Walk,
} from '#book/x86/paging.ts';
import { CR0, CR3, CR4 } from '#book/x86/state.ts';

const TWO = [[2, 22, 1024], [1, 12, 1024]] as const;
const THREE = [[3, 30, 4], [2, 21, 512], [1, 12, 512]] as const;

/** The page of a last entry. */
function found(visits: Visit[], shift: number, three: boolean): Walk {
  const { low = 0, high = 0 } = visits.at(-1) ?? {};
  const narrow = shift > 12 ? low >>> 13 & 0xff : 0;
  const above = three ? high & 0xf_ffff : narrow;
  const page = above * 2 ** 32 + ((low & -(2 ** shift)) >>> 0);
  return { visits, page, size: 2 ** shift, reserved: false };
}


/** The way from a linear address, by the tables of now. */
export function walk(t: Tables, la: number): Walk {
  const three = (t.state.get(CR4) & PAE) !== 0;
  const paging = (t.state.get(CR0) & PG) !== 0;
  const may = three || (t.state.get(CR4) & PSE) !== 0;
  const visits: Visit[] = [];
  let table = (t.state.get(CR3) & 0xffff_f000) >>> 0;
  for (const [level, shift, entries] of three ? THREE : TWO) {
    if (!paging) break;
    const n = (la >>> shift) % entries;
    const entry = level === 3 ? pointer(t, n)
      : three ? read8(t, level, table + 8 * n)
      : read4(t, level, table + 4 * n);
    visits.push(entry);
    const stop = { visits, page: undefined, size: 0 };
    const absent = (entry.low & PRESENT) === 0;
    if (absent) return { ...stop, reserved: false };
    const large = level === 2 && may && (entry.low & LARGE) !== 0;
    const zero = !large ? 0 : three ? 0x1f_e000 : 0x20_0000;
    const bad = (entry.low & zero) !== 0 || entry.high >>> 20 !== 0;
    if (level < 3 && bad) return { ...stop, reserved: true };
    if (large || level === 1) return found(visits, shift, three);
    table = target(entry);
  }
  const page = (la & 0xffff_f000) >>> 0;
  return { visits, page, size: 0x1000, reserved: false };
}
