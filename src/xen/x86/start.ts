import { EIP, ESP } from '../../x86/state.ts';
import type { Xen } from '../common/xen.ts';
import { STACK_AT, STACK_END, TEXT_AT, TSS_AT, XEN_DS } from
  './layout.ts';
import { entryFor, P, PSE, RW } from './pte.ts';
import {
  assembleStubs, gdtWords, idtWords, pseudoDescriptors, TICK_VECTOR,
} from './stubs.ts';
import { l2Index } from './pte.ts';

function writeWords(
  xen: Xen, mfn: number, words: Iterable<number>,
): void {
  let at = mfn * 4096;
  for (const word of words) {
    xen.phys.write32(at, word >>> 0);
    at += 4;
  }
}

/** A TSS whose ring-0 stack leaves room for four selectors. */
export const ESP0 = STACK_END - 16;

function writeTables(xen: Xen): ReadonlyMap<string, number> {
  const { arch } = xen.root;
  const stubs = assembleStubs(arch.idleL3 * 4096);
  xen.phys.writeBytes(arch.text * 4096, stubs.bytes);
  writeWords(xen, arch.idt, idtWords(stubs.symbols));
  writeWords(xen, arch.gdtPage, gdtWords(TSS_AT));
  writeWords(xen, arch.tss, [0, ESP0, XEN_DS]);
  xen.phys.write16(arch.tss * 4096 + 102, 0x8000);
  pseudoDescriptors.forEach(([limit, base], i) => {
    xen.phys.write16(arch.stack * 4096 + i * 8, limit);
    xen.phys.write32(arch.stack * 4096 + i * 8 + 2, base);
  });
  return stubs.symbols;
}

function writeIdleTables(xen: Xen): void {
  const { arch } = xen.root;
  const text = arch.text * 4096;
  const low = BigInt(text - text % 0x20_0000) | P | RW | PSE;
  const slot = arch.templateL2 * 4096 + l2Index(text) * 8;
  xen.phys.write64(slot, low);
  for (const i of [text >>> 30, 3]) {
    xen.phys.write64(
      arch.idleL3 * 4096 + i * 8, entryFor(arch.templateL2, P));
  }
}

/** Wires the processor to this hypervisor; also after a restore. */
export function wire(xen: Xen): void {
  const { arch } = xen.root;
  xen.cpu.hostcallFrames.add(arch.text);
  xen.cpu.hostcall = (n) => {
    xen.root.arch.hostcall = n;
    xen.cpu.stop();
  };
  xen.cpu.interrupts = {
    pending: () => xen.root.arch.tick,
    acknowledge: () => {
      xen.root.arch.tick = false;
      return TICK_VECTOR;
    },
  };
}

/** Runs the processor from its boot loader to the idle loop. */
export function startProcessor(xen: Xen): void {
  const symbols = writeTables(xen);
  xen.root.arch.symbols = Object.fromEntries(symbols);
  writeIdleTables(xen);
  wire(xen);
  const { state } = xen.cpu;
  const start = symbols.get('start')! - TEXT_AT;
  state.set(EIP, xen.root.arch.text * 4096 + start);
  state.set(ESP, 0);
  xen.cpu.run(100);
}
