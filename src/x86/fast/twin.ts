import { load } from '../bare.ts';
import { Cpu } from '../cpu.ts';
import { sharedPhys, translate } from './fast.ts';
import type { Translator } from './translator.ts';

/** A processor that is run by handlers. */
export interface Twin {
  readonly cpu: Cpu;
  readonly translator: Translator;
}

/** The same machine again, run by handlers. */
export function twinOf(slow: Cpu): Twin {
  const { size } = slow.phys;
  const cpu = new Cpu(sharedPhys(size));
  cpu.phys.writeBytes(0, slow.phys.readBytes(0, size));
  cpu.state.restore(slow.state.save());
  return { cpu, translator: translate(cpu) };
}

export const loadTwin = (source: string): Twin =>
  twinOf(load(source));
