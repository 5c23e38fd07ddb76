import { VALIDATED } from '../common/frames.ts';
import type { Vcpu } from '../common/xen.ts';
import { HOLE } from '../x86/layout.ts';
import { PGT } from '../x86/page-type.ts';
import type { Rig } from './rig.ts';

/** Where a guest's segments must end. */
const WALL = 0xf680_0000;

/** Whether bytes of a segment lie behind the wall. */
function reachesOver(lo: number, hi: number): boolean {
  const raw = hi & 0xf_0000 | lo & 0xffff;
  const limit = hi & 0x80_0000 ? raw * 4096 + 4095 : raw;
  const base = (hi & 0xff00_0000 | (hi & 0xff) << 16 | lo >>> 16) >>> 0;
  const down = (hi & 0xc00) === 0x400;
  const top = hi & 0x40_0000 ? 0xffff_ffff : 0xffff;
  const first = base + (down ? limit + 1 : 0);
  const last = base + (down ? top : limit);
  if (first > last) return false;
  return (first < 2 ** 32 && last >= WALL) || last >= 2 ** 32 + WALL;
}

/** A selector of ring 0, or one of the hypervisor's own. */
const isXens = (selector: number): boolean => (selector & 3) === 0
  || (selector >= 0xe000 && !(selector & 4) && selector !== 0xe019);

function harm(lo: number, hi: number): string {
  if (!(hi & 0x8000)) return '';
  if (!(hi & 0x6000)) return 'a descriptor of ring 0';
  if (hi & 0x1000) {
    return reachesOver(lo, hi) ? 'a segment over the wall' : '';
  }
  const gate = (hi & 0xf00) === 0xc00 && !isXens(lo >>> 16);
  return gate ? '' : 'a gate into the hypervisor';
}

const FORBIDDEN = 0x2_3000;
const IF = 0x200;
const PAGING = 0x8001_0001;

function harmOf({ arch: a }: Vcpu): string {
  const handlers = [a.event, a.failsafe, ...a.traps.filter((t) => t)];
  const { cs, ss, eflags } = a.regs;
  const [dr7 = 0] = a.debugreg.slice(7);
  const wrong: Record<string, boolean> = {
    'has no page tables': a.guestTable < 0,
    'has a handler in ring 0': handlers.some((h) => isXens(h!.cs)),
    'goes back to ring 0': [cs, ss, a.kernelSs].some((s) => !(s & 3)),
    'has privileged flags':
      (eflags & FORBIDDEN) !== 0 || !(eflags & IF),
    'has paging off': (a.cr0 & PAGING) >>> 0 !== PAGING,
    'has a register that is none': Object.values(a.regs)
      .some((n) => !(n >= 0 && n <= 0xffff_ffff)),
    'breaks in the hypervisor':
      a.debugreg.slice(0, 4).some((at) => at >= HOLE),
    'breaks on what is not its own': (dr7 & 0x2000) !== 0
      || [16, 20, 24, 28].some((n) => (dr7 >>> n & 3) === 2),
    'has more debug registers than there are': a.debugreg.length !== 8,
    'has an LDT in the hypervisor':
      a.ldtBase + a.ldtEntries * 8 > HOLE,
    'has a GDT over the reserved page': a.gdtFrames.length > 14,
  };
  return Object.keys(wrong).find((what) => wrong[what]) ?? '';
}

/** What a guest has that belongs to ring 0, or ''. */
export function ring(r: Rig): string {
  const { type, typeCount, flags, count } = r.frames;
  for (let mfn = 0; mfn < count; mfn++) {
    const table = type[mfn] === PGT.segDesc && typeCount[mfn]! > 0;
    if (!table || !(flags[mfn]! & VALIDATED)) continue;
    for (let at = mfn * 4096; at < (mfn + 1) * 4096; at += 8) {
      const what = harm(r.phys.read32(at), r.phys.read32(at + 4));
      if (what) return `${what} is in a table in use`;
    }
  }
  for (const d of r.xen.root.domains.values()) {
    const runs = !d.translated && d.dying === 'no';
    for (const v of runs ? d.vcpus : []) {
      const what = v.initialised ? harmOf(v) : '';
      if (what) return `a virtual processor ${what}`;
    }
  }
  return '';
}
