import type { Insn, Operand } from '../../x86/insn.ts';
import type { Vcpu, Xen } from '../common/xen.ts';
import { cr3ToPfn, pfnToCr3 } from '../public/arch-x86.ts';
import { VcpuInfo } from '../public/xen.ts';
import type { UserRegs } from './domain.ts';
import { decodeAt } from './guest-code.ts';
import { HOLE } from './layout.ts';
import { newBase } from './mmuext.ts';

const NAMES: readonly (keyof UserRegs)[] = [
  'eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
const TS = 8;

/** Carries out an instruction for a guest's kernel; false: no. */
type Emulate = (xen: Xen, v: Vcpu, i: Insn) => boolean;

const nothing: Emulate = () => true;

/** Ports may be touched, and IF "changed", with IOPL 1 or more. */
const ioAllowed = (v: Vcpu): boolean => v.arch.iopl >= 1;
const interrupts: Emulate = (_xen, v) => ioAllowed(v);

const portIn: Emulate = (_xen, v, { operands: [to] }) => {
  if (!ioAllowed(v) || !to) return false;
  const ones = to.bits === 32 ? 0xffff_ffff : 2 ** to.bits - 1;
  v.arch.regs.eax = (v.arch.regs.eax & ~ones | ones) >>> 0;
  return true;
};

const portOut: Emulate = (_xen, v) => ioAllowed(v);


const cr2At = (v: Vcpu): number =>
  v.vcpuInfo + VcpuInfo.offset(v.domain.width, 'arch');

function readCr(xen: Xen, v: Vcpu, n: number): number | undefined {
  switch (n) {
    case 0: return v.arch.cr0;
    case 2: return xen.phys.read32(cr2At(v));
    case 3: return pfnToCr3(v.arch.guestTable);
    case 4: return v.arch.cr4;
    default: return undefined;
  }
}

function writeCr(xen: Xen, v: Vcpu, n: number, value: number): boolean {
  switch (n) {
    case 0: {
      // Paging off, or write protection: the guest's way out.
      if ((value ^ v.arch.cr0) & ~TS) return false;
      v.arch.cr0 = value;
      xen.root.arch.reload = true;
      return true;
    }
    case 2: xen.phys.write32(cr2At(v), value); return true;
    case 3: return setBase(xen, v, cr3ToPfn(value));
    case 4: return value === v.arch.cr4;
    default: return false;
  }
}

function setBase(xen: Xen, v: Vcpu, mfn: number): boolean {
  return newBase(xen, v, mfn) === 0;
}

const move: Emulate = (xen, v, { operands: [to, from] }) => {
  if (!to || !from) return false;
  const { regs } = v.arch;
  if (to.cls === 'cr') {
    return writeCr(xen, v, to.index, regs[NAMES[from.index]!]);
  }
  return readSpecial(xen, v, to, from);
};

function readSpecial(
  xen: Xen, v: Vcpu, to: Operand, from: Operand,
): boolean {
  const value = from.cls === 'cr' ? readCr(xen, v, from.index)
    : from.cls === 'dr' ? v.arch.debugreg[from.index] : undefined;
  if (value === undefined) return false;
  v.arch.regs[NAMES[to.index]!] = value;
  return true;
}

const clearTs: Emulate = (xen, v) =>
  writeCr(xen, v, 0, v.arch.cr0 & ~TS);

const flush: Emulate = (xen) => {
  xen.root.arch.reload = true;
  return true;
};

const emulated: Record<string, Emulate> = {
  cli: interrupts, sti: interrupts, in: portIn, out: portOut,
  mov: move, clts: clearTs, invlpg: flush,
  wbinvd: nothing,
};

/** Tries the instruction at EIP. Xen: emulate_privileged_op. */
export function emulatePrivileged(xen: Xen, v: Vcpu): boolean {
  const { regs } = v.arch;
  if ((regs.cs & 3) !== 1) return false;
  const insn = decodeAt(xen, v, regs.eip);
  const emulate = insn && emulated[insn.mnemonic];
  if (!insn || insn.fault || !emulate?.(xen, v, insn)) return false;
  regs.eip = (regs.eip + insn.length) >>> 0;
  return true;
}
