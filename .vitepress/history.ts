// The history of every name that the program declares: the block that brings
// it, those that change it, the one that takes it away.
import {
  type Declaration, declarations,
} from '../src/lit/symbols.ts';
import { type Program, type Step } from '../src/lit/book.ts';
import type { Block, Line } from '../src/lit/model.ts';

/** A name of the program, in one file. */
export interface Named {
  /** Qualified, such as `Cpu.step`. */
  readonly name: string;
  readonly path: string;
  /** TypeScript's kind of node. */
  kind: string;
  /** Where it came into the program; the last time, if more than once. */
  born: Block;
  /** Every block that touched it, in order, `born` among them. */
  readonly blocks: Block[];
  /** Whether it is there at the book's end. */
  alive: boolean;
}

/** Key: `path#name`. */
export type Histories = ReadonlyMap<string, Named>;

/** Kept where every copy of this module finds it: the configuration and each
 * `*.paths.ts` are bundled on their own. */
const shared = globalThis as {
  ringfenceHistories?: WeakMap<Program, Histories>;
};

/** All histories of a book; made once. */
export function historiesOf(program: Program): Histories {
  const known = shared.ringfenceHistories ??= new WeakMap();
  let found = known.get(program);
  if (!found) {
    found = trace(program.steps);
    known.set(program, found);
  }
  return found;
}

function trace(steps: readonly Step[]): Histories {
  const all = new Map<string, Named>();
  for (const step of steps) {
    const { path, block } = step;
    if (!path || block.kind === 'show' || !/\.tsx?$/.test(path)) continue;
    const before = step.before.get(path) ?? [];
    const after = step.snapshot.get(path) ?? [];
    if (before !== after) traceStep(all, path, block, before, after);
  }
  return all;
}

function traceStep(
  all: Map<string, Named>, path: string, block: Block,
  before: readonly Line[], after: readonly Line[],
): void {
  const old = outward(path, before);
  const now = outward(path, after);
  for (const [name, ranges] of now) {
    const key = `${path}#${name}`;
    const kind = ranges[0]?.kind ?? '';
    const entry = all.get(key);
    if (!old.has(name)) {
      all.set(key, {
        name, path, kind, born: block, alive: true,
        blocks: [...(entry?.blocks ?? []), block],
      });
    } else if (entry && differs(old.get(name) ?? [], ranges, before, after)) {
      entry.blocks.push(block);
    }
  }
  for (const name of old.keys()) {
    const entry = now.has(name) ? undefined : all.get(`${path}#${name}`);
    if (!entry) continue;
    entry.blocks.push(block);
    entry.alive = false;
  }
}

/** Declarations that others can name: of the file, and members of types,
 * classes and constant tables; nothing inside functions. */
function outward(path: string, lines: readonly Line[]): Map<string, Declaration[]> {
  const found = new Map<string, Declaration[]>();
  const open = new Set([
    'ClassDeclaration', 'InterfaceDeclaration', 'TypeAliasDeclaration',
    'EnumDeclaration', 'VariableDeclaration', 'ModuleDeclaration']);
  const kinds = new Map<string, string>();
  for (const d of declarations(path, lines)) {
    kinds.set(d.name, d.kind);
    const [owner = '', member, deeper] = d.name.split('.');
    if (deeper !== undefined) continue;
    if (member !== undefined
      && (!open.has(kinds.get(owner) ?? '') || d.kind === 'VariableDeclaration')) continue;
    found.set(d.name, [...(found.get(d.name) ?? []), d]);
  }
  return found;
}

/** Lines keep their identity as long as no block writes them anew. */
function differs(
  was: readonly Declaration[], is: readonly Declaration[],
  before: readonly Line[], after: readonly Line[],
): boolean {
  const real = (ranges: readonly Declaration[], lines: readonly Line[]): Line[] =>
    ranges.flatMap((d) => lines.slice(d.start, d.end)).filter((l) => !l.mark);
  const [old, now] = [real(was, before), real(is, after)];
  return old.length !== now.length || old.some((line, i) => line !== now[i]);
}
