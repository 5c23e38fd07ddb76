import { readFileSync } from 'node:fs';
import { nesting } from '../../machine/tiers/nesting.ts';
import type { Region } from '../../machine/tiers/region.ts';
import { load } from '../bare.ts';
import { Cpu } from '../cpu.ts';
import { decode } from '../decode.ts';
import { disassemble } from '../disassemble.ts';
import { sharedPhys, translate } from './fast.ts';
import { type Translator, TUNING } from './translator.ts';

const RAM = 0x10_0000;

/** A flat machine with a program in it that translates after a few
 * rounds, since small programs end soon; regions wait for others
 * for so many instructions. */
export function loadFast(source: string, wait = 1): Fast {
  Object.assign(TUNING, { patience: 8, warm: 2, threshold: 8, wait });
  const plain = load(source);
  const cpu = new Cpu(sharedPhys(RAM));
  cpu.phys.writeBytes(0, plain.phys.readBytes(0, RAM));
  cpu.restore(plain.save());
  return { cpu, translator: translate(cpu) };
}

export interface Fast {
  readonly cpu: Cpu;
  readonly translator: Translator;
}

/** A region as text: its blocks, then how they are nested. */
export function regionText(
  cpu: Cpu, { blocks, entries }: Region,
): string[] {
  const texts = blocks.flatMap(({ instrs, next }, n) => [
    `block ${n}, then ${next.join(' or ') || 'out'}`,
    ...instrs.map(({ pc }) => {
      const insn = decode((k) => cpu.phys.read8(pc + k), 32);
      return `  ${pc.toString(16)}  ${disassemble(insn, pc)}`;
    }),
  ]);
  const lines = nesting(blocks.map(({ next }) => next), entries);
  return [...texts, 'nested:', ...lines.map((line) => `  ${line}`)];
}

const [file] = process.argv.slice(2);
if (process.argv[1]?.endsWith('blocks.ts') && file !== undefined) {
  const { cpu, translator } = loadFast(readFileSync(file, 'utf8'));
  translator.regions.watcher = (pc, region, bytes) => {
    const of = region.blocks.reduce((n, b) => n + b.instrs.length, 0);
    console.log(`region at ${pc.toString(16)}, ${of} instructions,`
      + ` ${bytes} bytes of WebAssembly`);
    console.log(regionText(cpu, region).join('\n'));
  };
  const stop = cpu.run(1_000_000);
  console.log(`${stop} after ${cpu.retired} instructions,`
    + ` modules: ${translator.counts.modules}`);
}
