import { FIRST_RESERVED_GDT_PAGE } from '../public/arch-x86.ts';
import type { Vcpu, Xen } from '../common/xen.ts';
import {
  gdtAt, LDT_SELECTOR, ldtAt, PERDOMAIN, STACK_AT,
} from './layout.ts';
import { ACCESSED, DIRTY, entryFor, frameOf, P, RW } from './pte.ts';
import { DR } from '../../x86/state.ts';

/** Machine address of the L1 entry for a per-domain address. */
export function perdomainSlot(v: Vcpu, va: number): number {
  const page = (va - PERDOMAIN) / 4096;
  const table = v.domain.arch.perdomain[page >>> 9]!;
  return table * 4096 + (page & 0x1ff) * 8;
}

function mapGdt(xen: Xen, v: Vcpu): void {
  const { arch } = xen.root;
  const zero = entryFor(arch.zeroPage, P | ACCESSED);
  for (let page = 0; page < 16; page++) {
    const mfn = v.arch.gdtFrames[page];
    const entry = page === FIRST_RESERVED_GDT_PAGE
      ? entryFor(arch.gdtPage, P | RW | ACCESSED | DIRTY)
      : mfn === undefined ? zero
      : entryFor(mfn, P | RW | ACCESSED | DIRTY);
    const at = perdomainSlot(v, gdtAt(v.id) + page * 4096);
    xen.phys.write64(at, entry);
  }
}

function mapL3(xen: Xen, v: Vcpu): void {
  const { l3Cache } = xen.root.arch;
  for (let i = 0; i < 4; i++) {
    const e = xen.phys.read64(v.arch.guestTable * 4096 + i * 8);
    xen.phys.write64(l3Cache * 4096 + i * 8,
      e & P ? entryFor(frameOf(e), P) : 0n);
  }
}

const LDT_TYPE = 0x8200;

/** Writes what the switch stub will load: all for `v`. */
export function loadTables(xen: Xen, v: Vcpu): void {
  const { arch } = xen.root;
  mapL3(xen, v);
  mapGdt(xen, v);
  const base = ldtAt(v.id);
  const limit = v.arch.ldtEntries * 8 - 1;
  const at = arch.gdtPage * 4096 + LDT_SELECTOR % 4096;
  const none = v.arch.ldtEntries === 0;
  xen.phys.write32(
    at, none ? 0 : ((base & 0xffff) << 16 | limit & 0xffff) >>> 0);
  xen.phys.write32(at + 4, none ? 0
    : (base & 0xff00_0000 | base >>> 16 & 0xff | LDT_TYPE) >>> 0);
  xen.phys.write16(arch.stack * 4096, FIRST_RESERVED_GDT_PAGE * 4096
    + LDT_SELECTOR % 4096 + 7);
  xen.phys.write32(arch.stack * 4096 + 2, gdtAt(v.id));
  xen.phys.write32(arch.tss * 4096 + 12, v.arch.kernelSp);
  xen.phys.write32(arch.tss * 4096 + 16, v.arch.kernelSs);
  DR.forEach((field, n) => xen.cpu.state.set(
    field, v.arch.debugreg[n] ?? 0));
}

/** What the switch stub expects in its registers. */
export const switchArguments = (xen: Xen, v: Vcpu) => ({
  eax: STACK_AT, ecx: xen.root.arch.l3Cache * 4096,
  edx: v.arch.ldtEntries > 0 ? LDT_SELECTOR : 0, ebx: v.arch.cr0,
});
