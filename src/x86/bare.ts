import { readFileSync } from 'node:fs';
import { Phys } from '../machine/phys.ts';
import { Cpu } from './cpu.ts';
import { decode } from './decode.ts';
import type { Insn } from './insn.ts';
import { assembleProgram } from './program.ts';
import { EIP, ESP, flat, GPR, HALTED } from './state.ts';

const ORIGIN = 0x1000;

/** A flat machine with a program in it, about to start. */
export function load(source: string): Cpu {
  const { bytes } = assembleProgram(source, {
    origin: ORIGIN, mode: 32,
  });
  const cpu = new Cpu(new Phys(0x10_0000));
  flat(cpu.state);
  cpu.phys.writeBytes(ORIGIN, bytes);
  cpu.set(EIP, ORIGIN);
  cpu.set(ESP, 0x8000);
  return cpu;
}

/** The registers in two lines. */
export function registers(cpu: Cpu): string {
  const texts = GPR.map((field) =>
    `${field.name} ${cpu.get(field).toString(16).padStart(8, '0')}`);
  return `${texts.slice(0, 4).join('  ')}\n`
    + texts.slice(4).join('  ');
}

const [file, until = '1000000'] = process.argv.slice(2);
if (process.argv[1]?.endsWith('bare.ts') && file !== undefined) {
  const cpu = load(readFileSync(file, 'utf8'));
  const stop = cpu.run(Number(until));
  console.log(`${stop} at ${cpu.get(EIP).toString(16)}`
    + ` after ${cpu.retired} instructions`);
  console.log(registers(cpu));
}

/** The instructions of a program, each before it is executed. */
export function* trace(cpu: Cpu): Generator<Insn> {
  for (let stop = ''; stop !== 'shutdown';) {
    if (cpu.get(HALTED) !== 0) return;
    const at = cpu.get(EIP);
    yield decode((n) => cpu.phys.read8(at + n), 32);
    stop = cpu.run(cpu.retired + 1);
  }
}
