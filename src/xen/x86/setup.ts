import { newFrameTable, allocXenFrame } from '../common/frames.ts';
import type { Xen } from '../common/xen.ts';
import { MACH2PHYS_VIRT_START_PAE } from '../public/arch-x86.ts';
import { DOMID } from '../public/xen.ts';
import type { ArchRoot } from './domain.ts';
import { PERDOMAIN, XEN_AREA } from './layout.ts';
import {
  ACCESSED, DIRTY, entryFor, L2_FIRST_XEN_SLOT, l2Index, P, PSE, RW,
} from './pte.ts';

export function newArchRoot(): ArchRoot {
  return {
    m2p: 0, idleL3: 0, l3Cache: 0, templateL2: 0, xenL1: 0, text: 0,
    idt: 0, tss: 0, gdtPage: 0, stack: 0, zeroPage: 0, symbols: {},
    hostcall: -1, tick: false, entering: false, loaded: '',
    reload: true, inGuest: false, fpuOwner: undefined,
  };
}

const MiB2 = 0x20_0000;

/** A frame table whose first megabyte belongs to devices. */
export function newFrames(ramBytes: number) {
  const frames = newFrameTable(ramBytes / 4096);
  frames.owner.fill(DOMID.IO, 0, 256);
  frames.refs.fill(1, 0, 256);
  return frames;
}

/** Takes the M2P's frames; how many bytes. */
export function setUpM2p(xen: Xen): number {
  const { root } = xen;
  const bytes = Math.ceil(root.frames.count * 4 / MiB2) * MiB2;
  const first = allocXenFrame(xen, Math.log2(bytes / 4096));
  if (first < 0) throw new Error('no room for the M2P table');
  root.arch.m2p = first * 4096;
  xen.phys.fill(first * 4096, root.frames.count * 4, 0xff);
  return bytes;
}

/** Takes the frames of everything else. */
export function takeFrames(xen: Xen): void {
  const { arch } = xen.root;
  const names = ['idleL3', 'l3Cache', 'templateL2', 'xenL1', 'text',
    'idt', 'tss', 'gdtPage', 'zeroPage'] as const;
  for (const name of names) arch[name] = allocXenFrame(xen);
  arch.stack = allocXenFrame(xen, 1);
}

const XEN_FLAGS = P | RW | ACCESSED | DIRTY;

/** Fills the template. Xen 3: paging_init. */
export function setUpTemplate(xen: Xen, m2pBytes: number): void {
  const { arch } = xen.root;
  const slot = (va: number) => arch.templateL2 * 4096 + l2Index(va) * 8;
  for (let at = 0; at < m2pBytes; at += MiB2) {
    const entry = BigInt(arch.m2p + at) | P | PSE | ACCESSED;
    xen.phys.write64(slot(MACH2PHYS_VIRT_START_PAE + at), entry);
  }
  xen.phys.write64(slot(XEN_AREA), entryFor(arch.xenL1, XEN_FLAGS));
  const pages = [arch.text, arch.idt, arch.tss, arch.gdtPage,
    arch.stack, arch.stack + 1];
  pages.forEach((mfn, i) => xen.phys.write64(
    arch.xenL1 * 4096 + i * 8, entryFor(mfn, XEN_FLAGS)));
}

/** Writes the hole into a guest's last L2. Xen:
 * init_xen_pae_l2_slots. */
export function installHole(
  xen: Xen, perdomain: readonly number[], l2: number,
): void {
  const { templateL2 } = xen.root.arch;
  for (let slot = L2_FIRST_XEN_SLOT; slot < 512; slot++) {
    const entry = xen.phys.read64(templateL2 * 4096 + slot * 8);
    xen.phys.write64(l2 * 4096 + slot * 8, entry);
  }
  perdomain.forEach((mfn, i) => xen.phys.write64(
    l2 * 4096 + (l2Index(PERDOMAIN) + i) * 8,
    entryFor(mfn, XEN_FLAGS)));
}
