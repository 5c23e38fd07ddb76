import type { Cpu } from '../cpu.ts';
import { decode } from '../decode.ts';
import { disassemble } from '../disassemble.ts';
import { walk } from '../paging.ts';
import { CODE, CS, EIP, SEG } from '../state.ts';
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
