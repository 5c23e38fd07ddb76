import type { Cpu } from '../cpu.ts';
import { decode } from '../decode.ts';
import { disassemble } from '../disassemble.ts';
import { walk } from '../paging.ts';
import { readEflags } from '../flags.ts';
import { CODE, CR2, CR3, CS, EIP, GPR, SEG } from '../state.ts';
import type { Event } from '../trap.ts';

const hex = (value: number, digits: number): string =>
  value.toString(16).padStart(digits, '0');

/** A byte as the processor would read it, if it is there. */
export function peekByte(cpu: Cpu, la: number): number {
  const way = walk(cpu.memory.mmu.tables, la >>> 0);
  if (way.page === undefined || way.reserved) return 0xff;
  return cpu.phys.read8(way.page + (la & (way.size - 1)));
}

/** The instruction to be executed next, disassembled. */
export function traceLine(cpu: Cpu): string {
  const eip = cpu.get(EIP);
  const base = cpu.get(SEG[CS].base);
  const mode = CODE.of(cpu.state) === 32 ? 32 : 16;
  const byte = (n: number): number => peekByte(cpu, base + eip + n);
  const insn = decode(byte, mode);
  const bytes = Array.from({ length: insn.length }, (_, n) =>
    hex(byte(n), 2)).join(' ');
  const at = `${hex(cpu.get(SEG[CS].selector), 4)}:${hex(eip, 8)}`;
  return `${at}  ${bytes.padEnd(22)}  ${disassemble(insn, eip)}`;
}

/** An exception or interrupt, before it is delivered. */
export function trapLine(cpu: Cpu, event: Event): string {
  const cs = hex(cpu.get(SEG[CS].selector), 4);
  const at = `${cs}:${hex(event.next, 8)}`;
  const code = event.code === undefined ? ''
    : ` code ${hex(event.code, 4)}`;
  return `${at}  ${event.cause} ${hex(event.vector, 2)}${code}`;
}

/** The registers, and the instruction to be executed next. */
export function whereLines(cpu: Cpu): string[] {
  const show = (name: string, value: number): string =>
    `${name.padStart(6)} ${hex(value >>> 0, 8)}`;
  const general = GPR.map((field) => show(field.name, cpu.get(field)));
  const more = [show('eflags', readEflags(cpu)),
    show('cr2', cpu.get(CR2)), show('cr3', cpu.get(CR3))];
  return [general.slice(0, 4).join(''), general.slice(4).join(''),
    more.join(''), traceLine(cpu)];
}
