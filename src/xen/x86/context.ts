import { copyFromGuest } from '../common/guest-access.ts';
import { updateRunstate, wake } from '../common/sched.ts';
import type { Vcpu, Xen } from '../common/xen.ts';
import {
  cr3ToPfn, pfnToCr3, VcpuGuestContext32, VGCF,
} from '../public/arch-x86.ts';
import { EBUSY, EINVAL } from '../public/errno.ts';
import type { Width } from '../public/layout.ts';
import { newUserRegs, type UserRegs } from './domain.ts';
import { fixupSelector, selectorOkay } from './descriptors.ts';
import { MAX_VIRT_CPUS } from './layout.ts';
import { frameOf } from './pte.ts';
import { installHole } from './setup.ts';
import { saveFpu } from './fpu.ts';
import { takeGdt } from './gdt.ts';
import { newBase } from './mmuext.ts';
import { ldtOkay } from './ldt.ts';

export type Context = ReturnType<typeof VcpuGuestContext32.decode>;

/** A private copy of a context. Throws EFAULT. */
export function readContext(
  xen: Xen, v: Vcpu, at: bigint, width: Width,
): Context {
  const size = VcpuGuestContext32.size(width);
  const bytes = copyFromGuest(xen, v, at, size);
  return VcpuGuestContext32.decode(bytes, width);
}

const GUEST_FLAGS = 0x0025_4dd5;

/** EFLAGS as a guest may have them. */
export const safeFlags = (flags: number): number =>
  (flags & GUEST_FLAGS | 0x202) >>> 0;

/** Ring 0 in a code or stack selector becomes ring 1. */
function safeRegs(from: Context['user_regs']): UserRegs {
  const regs = newUserRegs();
  for (const name of Object.keys(regs) as (keyof UserRegs)[]) {
    regs[name] = from[name];
  }
  regs.cs = fixupSelector(regs.cs);
  regs.ss = fixupSelector(regs.ss);
  regs.eflags = safeFlags(regs.eflags);
  return regs;
}

const codeSelectors = (c: Context): number[] => [
  c.user_regs.cs, Number(c.event_callback_cs & 0xffffn),
  Number(c.failsafe_callback_cs & 0xffffn),
  ...c.trap_ctxt.map(({ cs }) => cs),
];

/** Reasons to refuse a context that need no look at memory. */
function refuse(c: Context): number {
  const okay = codeSelectors(c).every(
    (cs) => selectorOkay(fixupSelector(cs)));
  if (!okay) return -EINVAL;
  return ldtOkay(low(c.ldt_base), low(c.ldt_ents)) ? 0 : -EINVAL;
}

const low = (n: bigint): number => Number(n & 0xffff_ffffn);
const selector = (n: bigint): number =>
  fixupSelector(Number(n & 0xffffn));

function copyContext(v: Vcpu, c: Context): void {
  const { arch } = v;
  arch.regs = safeRegs(c.user_regs);
  c.trap_ctxt.forEach(({ cs, address, flags }, vector) => {
    arch.traps[vector] = address === 0n ? undefined
      : { cs: fixupSelector(cs), eip: low(address), flags };
  });
  arch.kernelSs = selector(c.kernel_ss);
  arch.kernelSp = low(c.kernel_sp);
  arch.event = {
    cs: selector(c.event_callback_cs), eip: low(c.event_callback_eip),
  };
  arch.failsafe = {
    cs: selector(c.failsafe_callback_cs),
    eip: low(c.failsafe_callback_eip),
    masks: (c.flags & BigInt(VGCF.failsafe_disables_events)) !== 0n,
  };
  arch.ldtBase = low(c.ldt_base);
  arch.ldtEntries = Number(c.ldt_ents);
  arch.fpu = c.fpu_ctxt;
  arch.fpuValid = (c.flags & BigInt(VGCF.i387_valid)) !== 0n;
  if (v.id === 0) v.domain.vmAssist = low(c.vm_assist);
}

/** Gives `v` its first context. Xen: arch_set_info_guest. */
export function setGuestContext(
  xen: Xen, v: Vcpu, c: Context,
): number {
  if (v.initialised || v.id >= MAX_VIRT_CPUS) return -EBUSY;
  const error = refuse(c) || setTables(xen, v, c);
  if (error) return error;
  copyContext(v, c);
  v.initialised = true;
  v.online = (c.flags & BigInt(VGCF.online)) !== 0n;
  wake(v);
  updateRunstate(xen, v);
  return 0;
}

function setTables(xen: Xen, v: Vcpu, c: Context): number {
  const mfn = cr3ToPfn(low(c.ctrlreg[3]!));
  const error = newBase(xen, v, mfn);
  if (error) return error;
  const entries = Number(c.gdt_ents);
  const frames = c.gdt_frames.slice(0, Math.ceil(entries / 512));
  return takeGdt(xen, v, frames.map(Number), entries);
}

/** The context of `v` as bytes. Xen: arch_get_info_guest. */
export function getGuestContext(xen: Xen, v: Vcpu): Uint8Array {
  saveFpu(xen, v);
  const { arch, domain } = v;
  const ctrlreg = [BigInt(arch.cr0), 0n, 0n, 0n, BigInt(arch.cr4)];
  ctrlreg[3] = BigInt(pfnToCr3(Math.max(0, arch.guestTable)));
  const inKernel = (arch.regs.cs & 3) < 2 ? VGCF.in_kernel : 0;
  const flags = inKernel | (v.online ? VGCF.online : 0)
    | (arch.fpuValid ? VGCF.i387_valid : 0)
    | (arch.failsafe.masks ? VGCF.failsafe_disables_events : 0);
  return VcpuGuestContext32.encode({
    fpu_ctxt: arch.fpu, flags: BigInt(flags),
    user_regs: { ...arch.regs, ...PADDING },
    trap_ctxt: arch.traps.map((t, vector) => ({
      vector, flags: t?.flags ?? 0, cs: t?.cs ?? 0,
      address: BigInt(t?.eip ?? 0),
    })),
    ldt_base: BigInt(arch.ldtBase), ldt_ents: BigInt(arch.ldtEntries),
    gdt_frames: arch.gdtFrames.map(BigInt),
    gdt_ents: BigInt(arch.gdtEntries),
    kernel_ss: BigInt(arch.kernelSs), kernel_sp: BigInt(arch.kernelSp),
    ctrlreg, debugreg: arch.debugreg.map(BigInt),
    event_callback_cs: BigInt(arch.event.cs),
    event_callback_eip: BigInt(arch.event.eip),
    failsafe_callback_cs: BigInt(arch.failsafe.cs),
    failsafe_callback_eip: BigInt(arch.failsafe.eip),
    vm_assist: BigInt(domain.vmAssist >>> 0),
  }, domain.width);
}

const PADDING = {
  saved_upcall_mask: 0, _pad0: 0, _pad1: 0, _pad2: 0, _pad3: 0,
  _pad4: 0, _pad5: 0,
};
