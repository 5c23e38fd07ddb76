import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Program } from '../../book.ts';
import { textOf } from '../../check/closure.ts';
import { mine } from '../../ex/desk.ts';
import type { Exercise } from '../../exercises.ts';
import type { Grade } from '../grade.ts';

/** What an answer of a kind has to be worth. */
export type Worth = 'full' | 'nothing' | 'less';

/** A way to answer: from our stub and solution to a text. */
export interface Kind {
  readonly name: string;
  readonly worth: Worth;
  readonly make: (stub: string, solution: string) => string;
}

/** The stub with something on top of it. */
function topped(name: string, ...lines: string[]): Kind {
  return {
    name, worth: 'nothing',
    make: (stub) => `${stub}\n${lines.join('\n')}\n`,
  };
}

/** The stub with another body for each of its functions. */
function bodied(name: string, worth: Worth, body: string): Kind {
  return {
    name, worth, make: (stub) => namesIn(stub).map((f) =>
      `export function ${f}(): any {\n  ${body}\n}`).join('\n'),
  };
}

/** Answers that are wrong without meaning harm. */
const CLUMSY: readonly Kind[] = [
  { name: 'solution', worth: 'full', make: (_, solution) => solution },
  { name: 'stub', worth: 'nothing', make: (stub) => stub },
  topped('loop', 'while (true);'),
  bodied('loop inside', 'nothing', 'while (true);'),
  topped('throw', "throw new Error('no');"),
  topped('exit', 'process.exit(0);'),
  bodied('exit inside', 'nothing', 'return process.exit(0) as never;'),
  topped('heap', 'const all: unknown[] = [];',
    'while (true) all.push(new Array(1e5).fill(all.length));'),
  topped('buffers', 'const all: Uint8Array[] = [];',
    'while (true) all.push(new Uint8Array(1 << 26).fill(1));'),
  topped('syntax', 'function (] {'),
  bodied('deep', 'nothing',
    'const f = (): any => f() + 1; return f();'),
  topped('noise', "while (true) console.log('x'.repeat(1e4));"),
  topped('late', "setTimeout(() => { throw new Error('late'); });"),
];

/** A module of Node by every way that we could think of. */
const REACH = `
const reach = (name: string): any => {
  const ways: (() => any)[] = [
    () => (require as any)('node:' + name),
    () => (module as any).constructor._load(name),
    () => (process as any).getBuiltinModule(name),
    () => (globalThis as any).process.getBuiltinModule(name),
    () => (process as any).binding(name),
    () => Function('return process')().getBuiltinModule(name),
    () => (require as any).constructor('return this')().process
      .mainModule.require(name),
  ];
  for (const way of ways) {
    try { const found = way(); if (found) return found; } catch {}
  }
  return undefined;
};`;

/** Answers that try to look right, or to harm others. */
const SLY: readonly Kind[] = [
  topped('says so', REACH,
    "for (const end of ['test', 'done']) {",
    "  reach('fs')?.writeSync(3, end + '\\n');", '}'),
  topped('edits the tests', REACH, "const fs = reach('fs');",
    "const all = fs?.readdirSync('.', { recursive: true });",
    'for (const f of all ?? []) {',
    "  try { fs.writeFileSync(f, ''); } catch {}", '}'),
  topped('edits the class', REACH, "const fs = reach('fs');",
    "fs?.rmSync('../../../..', { recursive: true, force: true });"),
  topped('starts others', REACH,
    "reach('child_process')?.execSync('kill -9 -1');"),
  topped('reads the heap', REACH,
    "reach('v8')?.getHeapSnapshot().pipe(reach('fs')",
    "  ?.createWriteStream(null, { fd: 3 }));"),
  topped('imports node', "import('node:fs').then((fs) =>",
    "  (fs as any).writeSync(3, 'x'), () => 0);"),
  topped('eval imports', "(0, eval)('import(\"node:fs\")').then(",
    "  (fs: any) => fs.writeSync(3, 'x'), () => 0);"),
  topped('imports vitest', "import { expect } from 'vitest';",
    'expect.extend({ toBe: () => ({ pass: true }) } as any);'),
];

/** Answers that change what the tests themselves stand on. */
const DEEP: readonly Kind[] = [
  topped('equals all', 'Object.is = () => true;'),
  topped('equals all, softly',
    'try { Object.is = () => true; } catch {}',
    'try { (globalThis as any).Object = { is: () => true }; } catch {}',
    'try { JSON.stringify = () => "1"; } catch {}',
    'try { Array.prototype.every = () => true; } catch {}'),
  topped('matchers', 'for (const s of Object.getOwnPropertySymbols(',
    '  globalThis)) {', '  const v = (globalThis as any)[s];',
    '  for (const k of Reflect.ownKeys(Object(v))) {',
    '    try { v[k].matchers = {}; v[k].toBe = () => 1; } catch {}',
    '  }', '}'),
  topped('promises', 'const then = Promise.prototype.then;',
    'try { Promise.prototype.then = function (this: any, f: any) {',
    '  return then.call(this, f, () => f?.(1)); } as any; } catch {}'),
  topped('stack', 'try { (Error as any).prepareStackTrace =',
    '  (_: any, s: any) => s.map((c: any) => c.getThis()); } catch {}'),
  bodied('matches all', 'less',
    'return { asymmetricMatch: () => true } as any;'),
  bodied('matches all, by proxy', 'less', 'return new Proxy({}, {'
    + " has: () => true, get: () => () => true }) as any;"),
];

export const KINDS: readonly Kind[] = [...CLUMSY, ...SLY, ...DEEP];

/** One answer of a made-up class. */
export interface Member {
  readonly name: string;
  /** Kinds by exercise. */
  readonly kinds: ReadonlyMap<string, Kind>;
}

/** A class: each member answers one exercise in some way, and the
 * others rightly. Every kind comes up before any comes up again. */
export function drawClass(
  exercises: readonly Exercise[], count: number, seed: number,
): Member[] {
  const random = randomFrom(seed);
  const good = KINDS[0] as Kind;
  let hat: Kind[] = [];
  return Array.from({ length: count }, (_, i) => {
    if (hat.length === 0) hat = [...KINDS];
    const [kind = good] = hat.splice(random(hat.length), 1);
    const at = random(exercises.length);
    const kinds = new Map(exercises.map((e, k) =>
      [e.id, k === at ? kind : good]));
    return { name: `s${String(i + 1).padStart(3, '0')}`, kinds };
  });
}

/** Writes a class into a folder. */
export function writeClass(
  folder: string, book: Program, exercises: readonly Exercise[],
  members: readonly Member[],
): void {
  const text = (path: string | undefined): string =>
    textOf(book.extras.get(path ?? '') ?? []);
  for (const { name, kinds } of members) {
    for (const exercise of exercises) {
      const path = join(folder, name, mine(exercise));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, kinds.get(exercise.id)?.make(
        text(exercise.stub), text(exercise.solution)) ?? '');
    }
  }
}

/** What a class's grades are not as they should be. */
export function complaints(
  members: readonly Member[], grades: readonly Grade[],
): string[] {
  return members.flatMap((member) => {
    const grade = grades.find((g) => g.submission === member.name);
    if (!grade) return [`${member.name} has no grade`];
    return grade.exercises.flatMap(({ id, score, maxScore, note }) => {
      const kind = member.kinds.get(id);
      const worth: Worth = score === maxScore ? 'full'
        : score === 0 ? 'nothing' : 'less';
      const fine = worth === kind?.worth
        || kind?.worth === 'less' && worth === 'nothing';
      return fine ? [] : [`${member.name} ${id}: "${kind?.name}" got `
        + `${score} of ${maxScore} (${note ?? 'no note'})`];
    });
  });
}

/** The functions that a stub exports. */
function namesIn(stub: string): string[] {
  const found = stub.matchAll(/^export (?:async )?function\*? (\w+)/gm);
  return [...found].map((m) => m[1] ?? '');
}

/** Whole numbers below a bound (xorshift, 32 bits). */
function randomFrom(seed: number): (bound: number) => number {
  let state = (seed ^ 0x9e37_79b9) | 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}
