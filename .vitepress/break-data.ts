// What the page needs to take a line of the validation code away: the lines
// of each chapter with their attacks, the program that the attacks reach,
// compiled, and for each line what its absence changes in there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exemptions } from '../src/xen/attacks/exempt.ts';
import { attacks } from '../src/xen/attacks/all.ts';
import { attackOf } from '../tools/breakit/gate.ts';
import { listRefusals } from '../tools/breakit/lines.ts';
import { compile, compileProgram } from '../tools/breakit/program.ts';
import { without, type Refusal } from '../tools/breakit/refusals.ts';
import type { BreakLine, Patch } from './theme/breakit/protocol.ts';

export interface BreakData {
  /** path → compiled text */
  readonly program: Record<string, string>;
  /** chapter → its lines */
  readonly chapters: Map<string, BreakLine[]>;
}

let made: BreakData | undefined;

export function breakData(root: string): BreakData {
  if (made) return made;
  const program = compileProgram(root);
  const chapters = new Map<string, BreakLine[]>();
  for (const [slug, refusals] of listRefusals(root)) {
    chapters.set(slug, refusals.map((r) => lineOf(root, program, r)));
  }
  made = { program, chapters };
  return made;
}

function lineOf(root: string, program: Record<string, string>, r: Refusal): BreakLine {
  const text = readFileSync(join(root, r.file), 'utf8');
  const attack = attackOf(attacks, r.id);
  const exemption = exemptions.find((e) => e.line === r.id);
  const name = attack?.name ?? exemption?.attack ?? '';
  const tries = Object.values(attacks).flat().find((a) => a.name === name)?.tries ?? '';
  return {
    id: r.id, file: r.file, symbol: r.symbol,
    before: text.slice(r.from, r.start), text: text.slice(r.start, r.end),
    after: text.slice(r.end, r.to), attack: name, tries,
    why: exemption?.why ?? '', behind: exemption?.behind ?? [],
    patch: difference(r.file, program[r.file]!, compile(r.file, without(text, r))),
  };
}

/** The one place where two texts differ. */
function difference(file: string, old: string, now: string): Patch {
  let start = 0;
  while (start < old.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start
    && old.at(-1 - end) === now.at(-1 - end)) end++;
  return { file, start, end: old.length - end, text: now.slice(start, now.length - end) };
}
