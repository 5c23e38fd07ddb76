import { crashDomain } from '../common/shutdown.ts';
import type { Vcpu, Xen } from '../common/xen.ts';
import { VcpuInfo } from '../public/xen.ts';
import { CR2 } from '../../x86/state.ts';
import { bounceFrame } from './bounce.ts';
import { cpuidLeaf } from '../../x86/meaning/identify.ts';
import { DR } from '../../x86/state.ts';
import type { TrapEntry, UserRegs } from './domain.ts';
import { emulatePrivileged } from './emulate.ts';
import { codeByte } from './guest-code.ts';
import { ldtAt } from './layout.ts';
import { mapLdtPage } from './ldt.ts';

const NAMES = [
  '#DE', '#DB', 'NMI', '#BP', '#OF', '#BR', '#UD', '#NM', '#DF', '9',
  '#TS', '#NP', '#SS', '#GP', '#PF', '15', '#MF', '#AC', '#MC', '#XF',
];

const WITH_CODE = new Set([8, 10, 11, 12, 13, 14, 17]);
const MASKS_EVENTS = 4;

/** Sends an exception to the guest's handler. Xen: do_guest_trap. */
export function guestTrap(xen: Xen, v: Vcpu, vector: number): void {
  const entry = v.arch.traps[vector];
  if (!entry) {
    const name = NAMES[vector] ?? `vector ${vector}`;
    return crashDomain(xen, v, `${name} without a handler`);
  }
  const masks = (entry.flags & MASKS_EVENTS) !== 0;
  bounceFrame(xen, v, entry, WITH_CODE.has(vector)
    ? { errorCode: v.arch.regs.error_code, masks } : { masks });
}

/** What an exception in a guest comes to. */
export function handleTrap(xen: Xen, v: Vcpu, vector: number): void {
  switch (vector) {
    case 8: case 18:
      throw new Error(`${NAMES[vector]} in the hypervisor`);
    case 14: return pageFault(xen, v);
    case 1:
      v.arch.debugreg[6] = xen.cpu.state.get(DR[6]);
      return guestTrap(xen, v, 1);
    case 6: return invalidOpcode(xen, v);
    case 7: {
      v.arch.cr0 = (v.arch.cr0 & ~8) >>> 0;
      xen.root.arch.reload = true;
      return guestTrap(xen, v, 7);
    }
    case 13: return generalProtection(xen, v);
    default: return guestTrap(xen, v, vector);
  }
}

function pageFault(xen: Xen, v: Vcpu): void {
  let address = xen.cpu.state.get(CR2);
  const inLdt = address - ldtAt(v.id);
  if (inLdt >= 0 && inLdt < 0x1_0000) {
    if (mapLdtPage(xen, v, address)) return;
    address = v.arch.ldtBase + inLdt;
  }
  const at = v.vcpuInfo + VcpuInfo.offset(v.domain.width, 'arch');
  xen.phys.write32(at, address);
  guestTrap(xen, v, 14);
}

const IDT_BIT = 2;
const INT_BYTES = 2;

/** Whether it was an `int` of a ring that may call the handler. */
function mayCall(regs: UserRegs, { flags }: TrapEntry): boolean {
  return (regs.error_code & (IDT_BIT | 1)) === IDT_BIT
    && (flags & 3) >= (regs.cs & 3);
}

function generalProtection(xen: Xen, v: Vcpu): void {
  const { regs } = v.arch;
  const vector = regs.error_code >>> 3;
  const entry = v.arch.traps[vector];
  if (entry && mayCall(regs, entry)) {
    regs.eip = (regs.eip + INT_BYTES) >>> 0;
    const masks = (entry.flags & MASKS_EVENTS) !== 0;
    return bounceFrame(xen, v, entry, { masks });
  }
  if (!emulatePrivileged(xen, v)) guestTrap(xen, v, 13);
}

const PREFIX = [0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2];

function invalidOpcode(xen: Xen, v: Vcpu): void {
  const { regs } = v.arch;
  const forced = PREFIX.every(
    (byte, i) => codeByte(xen, v, regs.eip + i) === byte);
  if (!forced) return guestTrap(xen, v, 6);
  const [eax, ebx, ecx, edx] = guestCpuid(regs.eax);
  Object.assign(regs, { eax, ebx, ecx, edx });
  regs.eip = (regs.eip + PREFIX.length) >>> 0;
}

const XEN_LEAVES = 0x4000_0000;
/** PSE, PGE, MTRR, MCE and MCA, SEP: not for a guest in ring 1. */
const HIDDEN = 1 << 3 | 1 << 13 | 1 << 12 | 1 << 7 | 1 << 14
  | 1 << 11 | 1 << 17 | 1 << 1 | 1 << 2;

/** "XenVMMXenVMM" in EBX, ECX, EDX. */
const SIGNATURE = [0x566e_6558, 0x6558_4d4d, 0x4d4d_566e];

function guestCpuid(leaf: number): readonly number[] {
  switch (leaf - XEN_LEAVES) {
    case 0: return [XEN_LEAVES + 2, ...SIGNATURE];
    case 1: return [4 << 16 | 17, 0, 0, 0];
    case 2: return [1, 0x4000_0000, 1, 0];
    default: break;
  }
  const [a, b, c, d] = cpuidLeaf(leaf);
  return [a, b, c, leaf === 1 ? (d & ~HIDDEN) >>> 0 : d];
}
