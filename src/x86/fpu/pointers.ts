import type { Cpu } from '../cpu.ts';
import { decode } from '../decode.ts';
import {
  CODE, CR0, CS, EIP, FPU_CS, FPU_DP, FPU_DS, FPU_IP, FPU_OP, FPU_SW,
  HALTED, IGNNE, SEG,
} from '../state.ts';
import { FAULT } from '../vectors.ts';
import { segment } from '../segment.ts';

const MP = 2, EM = 4, TS = 8, NE = 0x20;
const ES = 0x80;

/** #NM if the numeric registers are somebody else's, or nobody's. */
export function needFpu(cpu: Cpu, wait: boolean): void {
  const reasons = wait ? MP | TS : EM | TS;
  const found = cpu.get(CR0) & reasons;
  if (wait ? found === reasons : found !== 0) cpu.trap(FAULT.NM);
}

/** An exception that waits is delivered: #MF, or by way of a pin,
 * for which the processor waits. Returns 1 in that case. */
export function deliverPending(cpu: Cpu): number {
  if ((cpu.get(FPU_SW) & ES) === 0) return 0;
  if ((cpu.get(CR0) & NE) !== 0) cpu.trap(FAULT.MF);
  if (cpu.get(IGNNE) !== 0) return 0;
  cpu.numericError();
  cpu.set(HALTED, 1);
  return 1;
}

/** Notes where an instruction stands, and its operand (segment -1:
 * it has none). */
export function notePlace(
  cpu: Cpu, seg: number, offset: number,
): void {
  cpu.set(FPU_IP, cpu.get(EIP));
  cpu.set(FPU_CS, cpu.get(SEG[CS].selector));
  if (seg === 0xffff_ffff) return;
  cpu.set(FPU_DP, offset);
  cpu.set(FPU_DS, cpu.get(segment(seg).selector));
}

/** Notes the opcode: the low bits of its two bytes. */
export function noteOpcode(cpu: Cpu): void {
  const byte = (n: number): number => cpu.phys.read8(
    cpu.codeAddress((cpu.get(EIP) + n) >>> 0));
  const mode = CODE.of(cpu.state) === 32 ? 32 : 16;
  const { row, modrm } = decode(byte, mode);
  cpu.set(FPU_OP, (row.opcode & 7) << 8 | modrm);
}
