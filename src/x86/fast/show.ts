import { readFileSync } from 'node:fs';
import { RECORD } from '../../machine/tiers/layout.ts';
import type { Cpu } from '../cpu.ts';
import { decode } from '../decode.ts';
import { disassemble } from '../disassemble.ts';
import { holesOf, type Translator } from './translator.ts';
import { loadTwin } from './twin.ts';

/** What a translator made of each instruction, by its address. */
export function listing(translator: Translator, cpu: Cpu): string[] {
  const { arena, byMap } = translator;
  return [...byMap.values()].flatMap(({ map }) => {
    const offsets = Array.from({ length: 0x1000 }, (_, at) => at);
    return offsets.flatMap((at) => {
      const record = arena.get(map + 4 * at);
      return record === 0 ? [] : [line(translator, cpu, record)];
    });
  });
}

function line(
  translator: Translator, cpu: Cpu, record: number,
): string {
  const { arena } = translator;
  const pc = arena.get(record + RECORD.PC) >>> 0;
  const insn = decode((n) => cpu.phys.read8(pc + n), 32);
  const shape = translator.shapeAt(record);
  const holes = holesOf(arena, record).join(' ')
    .replace(/( 0)+$/, '');
  const foreign = shape?.foreign ?? true;
  return [pc.toString(16), foreign ? '-' : `s${shape?.id}`,
    disassemble(insn, pc).padEnd(34), foreign ? '' : holes]
    .join('  ').trimEnd();
}

const [file] = process.argv.slice(2);
if (process.argv[1]?.endsWith('show.ts') && file !== undefined) {
  const { cpu, translator } = loadTwin(readFileSync(file, 'utf8'));
  const stop = cpu.run(1_000_000);
  const { foreign, decoded, handlers, modules } = translator.counts;
  console.log(listing(translator, cpu).join('\n'));
  console.log(`${stop} after ${cpu.retired} instructions,`
    + ` by the reference ${foreign}\ndecoded ${decoded},`
    + ` handlers ${handlers}, modules ${modules}`);
}
