import { decode } from '../../x86/decode.ts';
import type { Insn } from '../../x86/insn.ts';
import type { Vcpu, Xen } from '../common/xen.ts';
import { linearOf, readDescriptor } from './guest-segment.ts';
import { HOLE } from './layout.ts';
import { translate } from './walk.ts';

/** Thrown inside a decoder that runs out of readable bytes. */
const UNREADABLE = { unreadable: true };

/** The byte at `offset` of the guest's code, or -1. */
export function codeByte(
  xen: Xen, v: Vcpu, offset: number,
): number {
  const { guestTable, regs } = v.arch;
  const segment = readDescriptor(xen, v, regs.cs);
  const va = linearOf(segment, offset >>> 0, 1, false);
  if (va < 0 || va >= HOLE || guestTable < 0) return -1;
  const at = translate(xen, guestTable, va, false);
  return at < 0 ? -1 : xen.phys.read8(at);
}

/** The guest's instruction at `eip`; undefined if unreadable. */
export function decodeAt(
  xen: Xen, v: Vcpu, eip: number,
): Insn | undefined {
  const segment = readDescriptor(xen, v, v.arch.regs.cs);
  const wide = segment && segment.hi & 0x40_0000;
  try {
    return decode((i) => {
      const byte = codeByte(xen, v, eip + i);
      if (byte < 0) throw UNREADABLE;
      return byte;
    }, wide ? 32 : 16);
  } catch (thrown) {
    if (thrown === UNREADABLE) return undefined;
    throw thrown;
  }
}
