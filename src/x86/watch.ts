import { readFileSync } from 'node:fs';
import { load, registers } from './bare.ts';
import type { Cpu } from './cpu.ts';
import { CPL, CR0, CS, EFLAGS, EIP, SEG, TR } from './state.ts';

function mode(cpu: Cpu): string {
  if ((cpu.get(CR0) & 1) === 0) return 'real mode';
  if ((cpu.get(EFLAGS) & 0x2_0000) !== 0) return 'virtual-8086';
  const task = cpu.get(SEG[TR].selector).toString(16);
  const switched = (cpu.get(CR0) & 8) !== 0;
  return `ring ${cpu.get(CPL)}${switched ? `, task ${task}` : ''}`;
}

function place(cpu: Cpu): string {
  const where = [cpu.get(SEG[CS].selector), cpu.get(EIP)];
  return where.map((n) => n.toString(16)).join(':');
}

/** Runs a program; a line for each change of mode or level. */
export function watch(cpu: Cpu, limit: number): string[] {
  const lines: string[] = [];
  const note = (what: string): number =>
    lines.push(`${String(cpu.retired).padStart(6)}  ${what}`);
  let [last, stop] = ['', 'limit'];
  while (stop === 'limit' && cpu.retired < limit) {
    if (mode(cpu) !== last) note(`${mode(cpu)} at ${place(cpu)}`);
    last = mode(cpu);
    stop = cpu.run(cpu.retired + 1);
  }
  note(`${stop} in ${mode(cpu)} at ${place(cpu)}`);
  const { vector, code = 0 } = cpu.lastTrap ?? {};
  if (vector !== undefined) {
    lines.push(`last exception: ${vector}, code ${code.toString(16)}`);
  }
  return lines;
}

const [file] = process.argv.slice(2);
if (process.argv[1]?.endsWith('watch.ts') && file !== undefined) {
  const cpu = load(readFileSync(file, 'utf8'));
  console.log(watch(cpu, 10_000).join('\n'));
  console.log(registers(cpu));
}
