import {
  EAX, EBX, ECX, EDX, EIP, ESP,
} from '../../x86/state.ts';
import { hypercall } from '../common/hypercall.ts';
import type { Vcpu, Xen } from '../common/xen.ts';
import { CpuUserRegs32 } from '../public/arch-x86.ts';
import { type ArchRoot, newUserRegs, type UserRegs } from './domain.ts';
import { takeFpu } from './fpu.ts';
import { STACK_AT, STACK_END } from './layout.ts';
import { loadTables, switchArguments } from './load.ts';
import { HOSTCALL, HYPERCALL_VECTOR, TICK_VECTOR } from './stubs.ts';
import { HALTED } from '../../x86/state.ts';
import { bounceFrame } from './bounce.ts';
import { handleTrap } from './traps.ts';
import { CR2 } from '../../x86/state.ts';
import { ldtAt } from './layout.ts';
import { mapLdtPage } from './ldt.ts';
import { eventPending } from '../common/sched.ts';

const FRAME_BYTES = CpuUserRegs32.size(4);
const FRAME_AT = STACK_END - FRAME_BYTES;

/** The registers, where they lie in the record, and how wide. */
const PLACES = (Object.keys(newUserRegs()) as (keyof UserRegs)[]).map(
  (name) => {
    const at = CpuUserRegs32.offset(4, name);
    const half = /^[c-g]s$|^ss$|^e.*_/.test(name);
    return { name, at, half };
  });

const frameAddress = (arch: ArchRoot): number =>
  arch.stack * 4096 + (FRAME_AT - STACK_AT);

function writeFrame({ phys, root }: Xen, v: Vcpu): void {
  const frame = frameAddress(root.arch);
  for (const { name, at, half } of PLACES) {
    const value = v.arch.regs[name];
    if (half) phys.write16(frame + at, value);
    else phys.write32(frame + at, value);
  }
}


/** Sets the processor at the way out to `v`. */
export function resume(xen: Xen, v: Vcpu): void {
  const { arch } = xen.root;
  const { state } = xen.cpu;
  writeFrame(xen, v);
  takeFpu(xen, v);
  const key = `${v.domain.id}.${v.id}`;
  const fresh = arch.loaded === key && !arch.reload;
  if (!fresh) {
    loadTables(xen, v);
    const { eax, ebx, ecx, edx } = switchArguments(xen, v);
    state.set(EAX, eax);
    state.set(EBX, ebx);
    state.set(ECX, ecx);
    state.set(EDX, edx);
    arch.loaded = key;
    arch.reload = false;
  }
  state.set(EIP, arch.symbols[fresh ? 'restore' : 'switch']!);
  state.set(ESP, FRAME_AT);
}

function readFrame({ phys, root }: Xen, v: Vcpu): void {
  const frame = frameAddress(root.arch);
  const { regs } = v.arch;
  for (const { name, at, half } of PLACES) {
    regs[name] = half
      ? phys.read16(frame + at) : phys.read32(frame + at);
  }
}

function guestHypercall(xen: Xen, v: Vcpu): void {
  const { eax, ebx, ecx, edx, esi, edi, ebp } = v.arch.regs;
  const args = [ebx, ecx, edx, esi, edi, ebp].map(BigInt);
  const result = hypercall(xen, v, eax, args);
  v.arch.regs.eax = Number(result & 0xffff_ffffn);
}

/** A guest came in. */
function fromGuest(xen: Xen): void {
  const v = xen.root.current;
  if (!v) return;
  readFrame(xen, v);
  const { entry_vector: vector } = v.arch.regs;
  if (vector === HYPERCALL_VECTOR) return guestHypercall(xen, v);
  if (vector === TICK_VECTOR) return;
  xen.clock.charge(xen.root.charges.trap);
  const { traps } = xen.root.counts;
  traps[vector] = (traps[vector] ?? 0) + 1;
  xen.hooks.trap?.(v, vector);
  handleTrap(xen, v, vector);
}

/** Handles the hostcall that the processor stopped at. */
export function handleHostcall(xen: Xen): void {
  const n = xen.root.arch.hostcall;
  xen.hooks.hostcall?.(xen);
  xen.root.arch.hostcall = -1;
  xen.root.arch.inGuest = false;
  xen.root.arch.entering = false;
  if (n === HOSTCALL.guest) fromGuest(xen);
  else if (n === HOSTCALL.hypervisor) fromHypervisor(xen);
}

function enter(xen: Xen, v: Vcpu): void {
  if (eventPending(xen, v)) {
    bounceFrame(xen, v, v.arch.event, { masks: true });
    if (v.domain.shutdown >= 0) return;
  }
  resume(xen, v);
  xen.cpu.state.set(HALTED, 0);
  xen.cpu.events |= 1;
  xen.root.arch.inGuest = true;
}

/** Brings the guest that runs back in; or begins to, if so many
 * instructions are retired before. */
export function interruptGuest(xen: Xen, retired: number): void {
  const { arch } = xen.root;
  if (!arch.entering) arch.tick = true;
  arch.entering = true;
  xen.cpu.events |= 1;
  const stop = xen.cpu.run(retired);
  if (arch.hostcall < 0 && stop !== 'limit') {
    throw new Error(`the processor stopped: ${stop}`);
  }
}

/** Lets `v` run until a hostcall, until time `until`, or until so
 * many instructions are retired. At `tickAt` it is interrupted. */
export function runGuest(
  xen: Xen, v: Vcpu, tickAt: number, until: number, retired: number,
): void {
  const { cpu } = xen;
  const { arch } = xen.root;
  if (!arch.inGuest) enter(xen, v);
  const limit = Math.min(tickAt, until);
  const left = Math.max(1, limit - cpu.time());
  const stop = cpu.run(Math.min(cpu.retired + left, retired));
  if (stop === 'limit') {
    if (cpu.time() >= tickAt) interruptGuest(xen, retired);
  } else if (arch.hostcall < 0) {
    throw new Error(`the processor stopped: ${stop}`);
  }
}

/** A fault between `restore` and the guest. Xen: .Lfailsafe. */
function fromHypervisor(xen: Xen): void {
  const { symbols } = xen.root.arch;
  const esp = xen.cpu.state.get(ESP);
  const at = xen.root.arch.stack * 4096 + (esp - STACK_AT);
  const eip = xen.phys.read32(at + FRAME.eip);
  const vector = xen.phys.read16(at + FRAME.entry_vector);
  const v = xen.root.current;
  const leaving = eip >= symbols['restore']!
    && eip < symbols['end_of_exit']!;
  if (!v || !leaving) {
    const where = eip.toString(16);
    throw new Error(`exception ${vector} in ring 0 at ${where}`);
  }
  xen.root.arch.reload = true;
  const address = xen.cpu.state.get(CR2);
  const inLdt = vector === 14 && address >= ldtAt(v.id)
    && address < ldtAt(v.id) + 0x1_0000;
  if (inLdt && mapLdtPage(xen, v, address)) return;
  const { masks } = v.arch.failsafe;
  bounceFrame(xen, v, v.arch.failsafe, { masks, failsafe: true });
}

const FRAME = {
  entry_vector: CpuUserRegs32.offset(4, 'entry_vector'),
  eip: CpuUserRegs32.offset(4, 'eip'),
};
