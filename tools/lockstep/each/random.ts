// Programs of any instructions that access memory, for `--each-access`.
import { EIP } from '../../../src/x86/state.ts';
import { Values } from '../../../src/x86/campaign/values.ts';
import { anyAccess } from '../faults.ts';
import { Bench } from './each.ts';
import { rounds, user } from './programs.ts';
import { AT, PAGE, type Program } from './stage.ts';

/** As many as have two of the data's pages each. */
const COUNT = 7;

/** Whether a program comes to its end, and nothing faults. */
function isQuiet(program: Program): boolean {
  const bench = new Bench(program, undefined);
  const { cpu } = bench;
  const ended = bench.run() === 'halted';
  const faults = cpu.phys.read32(AT.log) + cpu.phys.read32(AT.log + 4);
  return ended && faults === 0
    && Math.floor(cpu.get(EIP) / PAGE) === AT.calls / PAGE;
}

/** A program on level 3 from a seed. */
export function randomProgram(seed: number): Program {
  const values = new Values(2 * seed + 1);
  const lines: string[] = [];
  for (let n = 0; n < COUNT;) {
    const page = AT.data + 2 * n * PAGE;
    const next = [...lines, ...anyAccess(values, page, !values.rarely(3))];
    if (!isQuiet(user(rounds(2, next.join('\n'))))) continue;
    lines.splice(0, lines.length, ...next);
    n++;
  }
  return user(rounds(2, lines.join('\n')));
}
