import { PAGE } from '../../machine/phys.ts';
import {
  Diverged, type Entry, follow, Timeline,
} from '../../machine/replay.ts';
import { type Pc, pcHash } from './board.ts';
import type { ReplayOptions } from './options.ts';
import type { PcLine, Tape } from './record.ts';
import { type PcInput, PcMachine } from './rewind.ts';
import { traceLine, whereLines } from './trace.ts';

const isInput = (line: PcLine): line is PcLine & Entry<PcInput> =>
  line.what !== undefined;

const word = (value: number): string =>
  `0x${value.toString(16).padStart(8, '0')}`;

/** What a replay has to say at its end. */
export interface Report {
  readonly lines: readonly string[];
  readonly code: number;
}

/** Replays a recording. `quiet` is called when all that is printed
 * from here on was printed before. */
export function rerun(
  pc: Pc, tape: Tape, options: ReplayOptions, quiet: () => void,
): Report {
  const lines: string[] = [];
  const last = tape.lines.at(-1) ?? { at: 0 };
  const until = Math.min(options.until, last.at);
  const log = tape.lines.filter(isInput);
  if (tape.torn) lines.push('the end of the recording is missing');
  if (options.changed === undefined) {
    follow(new PcMachine(pc), log, until);
  } else {
    lines.push(...lookBack(pc, log, until, options.changed, quiet));
  }
  const whole = until === last.at && options.changed === undefined;
  if (whole) lines.push(...finish(pc, last));
  else lines.push(...whereLines(pc.cpu));
  lines.push(`retired instructions: ${pc.cpu.retired}`);
  if (options.hash) lines.push(`state: ${pcHash(pc)}`);
  return { lines, code: whole && last.end === 'shutdown' ? 1 : 0 };
}

/** Lets the machine come to its recorded end. */
function finish(pc: Pc, { at, end, hash }: PcLine): string[] {
  if (end === undefined) return ['the recording breaks off here'];
  const found = pc.run(end === 'limit' ? at : at + 1);
  if (found !== end || (hash !== undefined && hash !== pcHash(pc))) {
    throw new Diverged(`the run ends otherwise than the recorded one: ${
      found} at ${pc.cpu.retired}, not ${end} at ${at}`);
  }
  return [`ended as recorded: ${end}`];
}

const SPACING = { wide: 100_000, fine: 50, most: 64 };

/** Who changed the word at this address last? */
function lookBack(
  pc: Pc, log: readonly Entry<PcInput>[], until: number,
  address: number, quiet: () => void,
): string[] {
  const line = new Timeline(new PcMachine(pc), log, SPACING);
  const look = (): number => pc.phys.read32(address);
  line.seek(until);
  quiet();
  const after = look();
  const pfn = Math.floor(address / PAGE);
  const found = line.lastChange(look,
    (a, b) => a.ram.at(pfn) !== b.ram.at(pfn));
  if (found === undefined) {
    return [`${word(address)} is ${word(after)}, as at the start`];
  }
  line.back(1);
  return [`instruction ${found} changed ${word(address)} from ${
    word(look())} to ${word(after)}:`, `  ${traceLine(pc.cpu)}`];
}
