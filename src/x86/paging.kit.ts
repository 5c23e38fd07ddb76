import { Phys } from '../machine/phys.ts';
import { Cpu } from './cpu.ts';
import { CPL, CR0, CR3, CR4 } from './state.ts';

/** Page directory, page table and pages of the kit's machines. */
export const DIR = 0x1000, TABLE = 0x2000, PAGE0 = 0x8000;

/** A processor with paging on and all tables empty. */
export function paged(cr4 = 0, cr0 = 0x8001_0001): Cpu {
  const cpu = new Cpu(new Phys(0x10_0000));
  cpu.state.set(CR0, cr0);
  cpu.state.set(CR3, DIR);
  cpu.state.set(CR4, cr4);
  return cpu;
}

/** The n-th entry of a table, of 4 bytes or 8. */
export function entry(
  cpu: Cpu, table: number, n: number, value: number | bigint,
): void {
  if (typeof value === 'number') {
    cpu.phys.write32(table + 4 * n, value);
  } else cpu.phys.write64(table + 8 * n, value);
}

/** Makes `cpu` run in ring 3, or in another one. */
export function ring(cpu: Cpu, cpl: number): Cpu {
  cpu.state.set(CPL, cpl);
  return cpu;
}
