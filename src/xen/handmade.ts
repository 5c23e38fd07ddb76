import { assembleProgram } from '../x86/program.ts';
import { createDomain, createVcpu } from './common/domain.ts';
import { allocDomainFrames } from './common/frames.ts';
import type { Vcpu, Xen } from './common/xen.ts';
import {
  FLAT_RING1_CS, FLAT_RING1_DS, pfnToCr3, VcpuGuestContext32, VGCF,
} from './public/arch-x86.ts';
import { setGuestContext } from './x86/context.ts';
import { entryFor, P, RW } from './x86/pte.ts';

/** Where a handmade guest's code and stack are. */
export const CODE_AT = 0;
export const STACK_TOP = 0x2000;

function tables(xen: Xen, frames: readonly number[]): void {
  const [l3, low, high, l1, code, stack] = frames as
    [number, number, number, number, number, number];
  const put = (table: number, i: number, entry: bigint) =>
    xen.phys.write64(table * 4096 + i * 8, entry);
  put(l3, 0, entryFor(low, P));
  put(l3, 3, entryFor(high, P));
  put(low, 0, entryFor(l1, P | RW));
  put(l1, 0, entryFor(code, P | RW));
  put(l1, 1, entryFor(stack, P | RW));
}

/** A domain of six frames that runs `source` at address 0, with the
 * flat segments that Xen lends. */
export function handmade(xen: Xen, source: string, id = 1): Vcpu {
  const d = createDomain(xen, {
    id, width: 4, translated: false, privileged: false, maxVcpus: 1,
    handle: new Uint8Array(16), maxEvtchnPort: 1023,
    maxGrantFrames: 4, maxMaptrackFrames: 4,
  });
  d.controllerPauses = 0;
  d.maxPages = 16;
  const frames = Array.from(
    { length: 6 }, () => allocDomainFrames(xen, d, 0));
  tables(xen, frames);
  const { bytes } = assembleProgram(source);
  xen.phys.writeBytes(frames[4]! * 4096, bytes);
  const v = createVcpu(xen, d, 0);
  const error = setGuestContext(xen, v, context(frames[0]!));
  if (error) throw new Error(`refused: ${error}`);
  return v;
}

function context(l3: number) {
  const empty = new Uint8Array(VcpuGuestContext32.size(4));
  const c = VcpuGuestContext32.decode(empty, 4);
  c.flags = BigInt(VGCF.online);
  Object.assign(c.user_regs, {
    eip: CODE_AT, esp: STACK_TOP, cs: FLAT_RING1_CS,
    ss: FLAT_RING1_DS, ds: FLAT_RING1_DS, es: FLAT_RING1_DS,
  });
  c.kernel_ss = BigInt(FLAT_RING1_DS);
  c.kernel_sp = BigInt(STACK_TOP);
  c.ctrlreg[3] = BigInt(pfnToCr3(l3));
  return c;
}
