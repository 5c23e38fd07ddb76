import { PAGE, Phys } from '../../machine/phys.ts';
import { AT } from '../../machine/tiers/layout.ts';
import { Cpu } from '../cpu.ts';
import type { Stock } from './stock.ts';
import { Translator } from './translator.ts';

/** RAM that generated code can reach. */
export function sharedPhys(size: number): Phys {
  const pages = (AT.ram + size + size / PAGE) / 0x1_0000;
  const memory = new WebAssembly.Memory({
    initial: Math.ceil(pages), maximum: Math.ceil(pages),
  });
  return new Phys(size, memory);
}

/** A processor with so many bytes of RAM. Its code is translated, or
 * else the reference runs it: the results are the same. */
export function makeCpu(ramBytes: number, translated: boolean): Cpu {
  if (!translated) return new Cpu(new Phys(ramBytes));
  const cpu = new Cpu(sharedPhys(ramBytes));
  translate(cpu);
  return cpu;
}

/** What all translators of this program know to begin with: it
 * decides how soon they are fast, and nothing else. */
let stock: Stock | undefined;

export function beginWith(known: Stock | undefined): void {
  stock = known;
}

/** Has a processor over such RAM run translated code. */
export function translate(cpu: Cpu): Translator {
  const translator = new Translator(cpu, cpu.phys, stock);
  cpu.translator = translator;
  return translator;
}
