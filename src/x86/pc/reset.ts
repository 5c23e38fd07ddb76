import type { Cpu } from '../cpu.ts';
import { cpuidLeaf } from '../meaning/identify.ts';
import { setSegment } from '../segment.ts';
import {
  CPL, CR0, CS, DR, EDX, EFLAGS, EIP, ES, GPR, GDTR_BASE, GDTR_LIMIT,
  FPU_CW, FPU_FULL, GS, IDTR_BASE, IDTR_LIMIT, LDTR, MXCSR, TR, ZR,
} from '../state.ts';

/** Does something to a processor that runs nothing. */
function outside(cpu: Cpu, change: () => void): void {
  cpu.evaluator.begin();
  change();
  cpu.evaluator.commit();
}

/** The state after power-on: the first instruction is at 4 GiB - 16. */
export function resetCpu(cpu: Cpu): void {
  cpu.state.i32.fill(0);
  cpu.memory.reset();
  outside(cpu, () => {
    cpu.set(CR0, 0x6000_0010);
    for (let s = ES; s <= GS; s++) {
      setSegment(cpu, s, 0, { base: 0, limit: 0xffff, rights: 0x93 });
    }
    setSegment(cpu, CS, 0xf000,
      { base: 0xffff_0000, limit: 0xffff, rights: 0x9b });
    const table = { base: 0, limit: 0xffff };
    setSegment(cpu, LDTR, 0, { ...table, rights: 0x82 });
    setSegment(cpu, TR, 0, { ...table, rights: 0x8b });
    cpu.set(IDTR_LIMIT, 0x3ff);
    cpu.set(GDTR_LIMIT, 0xffff);
    cpu.set(EFLAGS, 2);
    cpu.set(ZR, 1);
    cpu.set(DR[6], 0xffff_0ff0);
    cpu.set(DR[7], 0x400);
    cpu.set(EDX, cpuidLeaf(1)[0]);
    resetNumeric(cpu);
    cpu.set(EIP, 0xfff0);
  });
}

const GDT_AT = 0x1000;

/** Protected mode, flat, without paging or interrupts. */
export function enterFlat(
  cpu: Cpu, eip: number,
  registers: readonly (readonly [number, number])[],
): void {
  resetCpu(cpu);
  const gdt = [0n, 0n, 0x00cf_9b00_0000_ffffn, 0x00cf_9300_0000_ffffn];
  gdt.forEach((d, n) => cpu.phys.write64(GDT_AT + 8 * n, d));
  outside(cpu, () => {
    cpu.set(CR0, 0x11);
    const all = { base: 0, limit: 0xffff_ffff };
    for (let s = ES; s <= GS; s++) {
      setSegment(cpu, s, 0x18, { ...all, rights: 0xc093 });
    }
    setSegment(cpu, CS, 0x10, { ...all, rights: 0xc09b });
    cpu.set(GDTR_BASE, GDT_AT);
    cpu.set(GDTR_LIMIT, 8 * gdt.length - 1);
    cpu.set(EDX, 0);
    cpu.set(CPL, 0);
    cpu.set(EIP, eip);
    for (const [n, v] of registers) cpu.set(GPR[n as 0], v);
  });
}

/** Real mode at 0:ip, as a boot sector is entered. */
export function enterReal(cpu: Cpu, ip: number): void {
  resetCpu(cpu);
  outside(cpu, () => {
    setSegment(cpu, CS, 0, { base: 0, limit: 0xffff, rights: 0x9b });
    cpu.set(EDX, 0x80);
    cpu.set(EIP, ip);
  });
}

function resetNumeric(cpu: Cpu): void {
  cpu.set(FPU_CW, 0x40);
  cpu.set(FPU_FULL, 0xff);
  cpu.set(MXCSR, 0x1f80);
}
