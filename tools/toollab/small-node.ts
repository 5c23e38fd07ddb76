// The small Node in which the book's tools run on a bench: a disk in memory,
// and processes that are cells elsewhere. What the tools ask of it, it does;
// what they do not, it has not.
import { Disk, fsOf, pathModule } from './disk.ts';
import { sha256 } from './sha256.ts';

/** What a cell is to run: compiled files, and tests or a program. */
export interface CellOrder {
  readonly files: Readonly<Record<string, string>>;
  readonly tests: readonly string[];
  /** Speaks in lines that begin with it, as the grader's cells do. */
  readonly nonce?: string;
  /** Test files of which the first that fails ends the run. */
  readonly own?: readonly string[];
  /** A program instead of tests: what it prints is told. */
  readonly script?: string;
}

/** What a cell says, if it does not speak in lines. */
export type CellReport =
  | { readonly kind: 'start'; readonly name: string; readonly file: string }
  | { readonly kind: 'test'; readonly name: string; readonly file: string;
    readonly passed: boolean; readonly message: string;
    readonly stack: string }
  | { readonly kind: 'print'; readonly text: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'error'; readonly message: string };

/** Something that runs what nobody trusts, and can be ended. */
export interface Cells {
  /** `hear` gets every message, `gone` when it has ended by itself. */
  start(
    order: CellOrder, hear: (message: unknown) => void, gone: () => void,
  ): { kill(): void };
}

export interface SmallNode {
  readonly disk: Disk;
  readonly libraries: Record<string, unknown>;
  readonly process: object;
}

type Compile = (path: string, text: string) => string;

/** @param compile makes CommonJS of a module, keeping its lines */
export function smallNode(cells: Cells, compile: Compile): SmallNode {
  const disk = new Disk();
  const compiled = new Map<string, string>();
  const quick: Compile = (path, text) => {
    const key = `${path}\n${text}`;
    const code = compiled.get(key) ?? compile(path, importsFirst(text));
    compiled.set(key, code);
    return code;
  };
  const system: System = { disk, cells, compile: quick };
  const fs = fsOf(disk);
  return {
    disk,
    process: {
      argv: [], env: {}, execPath: 'node', pid: 1, version: 'in a page',
      allowedNodeEnvironmentFlags: new Set(['--permission']),
    },
    libraries: {
      'node:fs': fs, 'node:path': pathModule,
      'node:crypto': { createHash, randomBytes },
      'node:child_process': {
        fork: () => forked(system),
        spawn: (_: string, args: string[], how: SpawnOptions) =>
          how.stdio?.[3] === 'pipe' ? gradersCell(system)
            : program(system, args, how),
        execFileSync: () => { throw new Error('no git here'); },
      },
      'node:module': { createRequire: () => ({
        resolve: (name: string) => `/node_modules/${name}`,
      }) },
      'node:url': {
        fileURLToPath: (url: URL) => url.pathname,
        pathToFileURL: (path: string) => new URL(`file://${path}`),
      },
      'node:os': { availableParallelism: () => 1 },
      'node:readline': { createInterface: ({ input }: { input: Voice }) => ({
        on: (what: string, hear: Ear) => { input.on(what, hear); },
      }) },
    },
  };
}

interface System {
  readonly disk: Disk;
  readonly cells: Cells;
  readonly compile: Compile;
}

interface SpawnOptions {
  readonly cwd?: string;
  readonly timeout?: number;
  readonly stdio?: readonly string[];
}

/** What replaces a function is imported at a file's end; modules that are
 * linked would have it first. Lines stay where they are. */
export function importsFirst(text: string): string {
  const moved: string[] = [];
  const rest = text.replace(
    /^import \{ \w+(?: as \w+)? \} from "[^"\n]+";$/gm, (line) => {
      moved.push(line);
      return '';
    });
  return moved.join(' ') + rest;
}

function createHash(): object {
  let all = '';
  const hash = {
    update(text: unknown) {
      all += String(text);
      return hash;
    },
    digest: (form: 'hex' | 'base64url'): string =>
      written(sha256(new TextEncoder().encode(all)), form),
  };
  return hash;
}

function written(bytes: Uint8Array, form: 'hex' | 'base64url'): string {
  if (form === 'hex') {
    return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
  }
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function randomBytes(n: number): object {
  const bytes = crypto.getRandomValues(new Uint8Array(n));
  return { toString: (form: 'hex') => written(bytes, form) };
}

type Ear = (...args: never[]) => void;

/** Node's EventEmitter, the two words of it. */
class Voice {
  private readonly ears = new Map<string, Ear[]>();

  on(what: string, hear: Ear): this {
    this.ears.set(what, [...this.ears.get(what) ?? [], hear]);
    return this;
  }

  say(what: string, ...args: unknown[]): void {
    for (const hear of this.ears.get(what) ?? []) hear(...args as never[]);
  }

  resume(): void {}
}

/** A process that is a cell: it ends once. */
class Child extends Voice {
  readonly pid = 2;
  readonly stdout = new Voice();
  readonly stderr = new Voice();
  /** The grader's channel is the fourth. */
  readonly stdio = [null, null, null, new Voice()] as const;
  cell: { kill(): void } | undefined;
  private over = false;

  kill(): void {
    this.cell?.kill();
    this.end(null, 'SIGKILL');
  }

  end(code: number | null, signal: string | null = null): void {
    if (this.over) return;
    this.over = true;
    queueMicrotask(() => {
      this.say('exit', code, signal);
      this.say('close', code, signal);
    });
  }

  get ended(): boolean { return this.over; }
}

/** The files of the room that a path lies in, and the path in there: rooms
 * are the folders with a package.json of their own. */
function roomAround(disk: Disk, path: string): { room: string; name: string } {
  let room = path;
  while (room !== '' && !disk.files.has(`${room}/package.json`)) {
    room = room.slice(0, room.lastIndexOf('/'));
  }
  return { room, name: path.slice(room.length + 1) };
}

function filesOf({ disk, compile }: System, room: string) {
  return Object.fromEntries([...disk.below(room)]
    .filter(([path]) => path.endsWith('.ts'))
    .map(([path, text]) => [path, compile(path, text)]));
}

interface Failure {
  name: string;
  message: string;
  frames: { file: string; line: number; col: number }[];
}

/** `new Function` puts two lines before a module's first. */
const HEAD = 2;

function framesOf(room: string, stack: string): Failure['frames'] {
  return [...stack.matchAll(/\(?([\w./-]+\.ts):(\d+):(\d+)\)?/g)].map((m) =>
    ({ file: `${room}/${m[1]}`, line: Number(m[2]) - HEAD, col: Number(m[3]) }));
}

/** The process in which the book's own tests run under vitest. */
function forked(system: System): object {
  const child = new Child();
  const send = ({ root, files }: { root: string; files: string[] }): void => {
    void (async () => {
      for (const file of files) {
        if (child.ended) return;
        await oneFile(system, child, `${root}/${file}`);
      }
      child.say('message', { kind: 'done' });
      child.end(0);
    })();
  };
  return Object.assign(child, { send });
}

function oneFile(system: System, child: Child, file: string): Promise<void> {
  const { room, name } = roomAround(system.disk, file);
  const failures: Failure[] = [];
  let passed = 0;
  child.say('message', { kind: 'start', file });
  const begun = performance.now();
  return new Promise((resolve) => {
    const end = (): void => {
      if (!child.ended) {
        const ms = performance.now() - begun;
        child.say('message',
          { kind: 'end', file, passed, skipped: 0, failures, ms });
      }
      resolve();
    };
    child.cell = system.cells.start(
      { files: filesOf(system, room), tests: [name] }, (message) => {
        const said = message as CellReport;
        if (said.kind === 'test' && said.passed) passed += 1;
        else if (said.kind === 'test') {
          failures.push({ name: said.name, message: said.message,
            frames: framesOf(room, said.stack) });
        } else if (said.kind === 'error') {
          failures.push({ name: '', message: said.message, frames: [] });
          end();
        } else if (said.kind === 'done') end();
      }, end);
  });
}

/** A program of a chapter, as `npx tsx` runs it. */
function program(
  system: System, args: readonly string[], { cwd = '', timeout }: SpawnOptions,
): object {
  const child = new Child();
  const script = args.find((arg) => arg.endsWith('.ts')) ?? '';
  const clock = timeout === undefined ? undefined
    : setTimeout(() => child.kill(), timeout);
  const end = (code: number): void => {
    clearTimeout(clock);
    child.end(code);
  };
  const start = (): void => {
    child.cell = system.cells.start(
      { files: filesOf(system, cwd), tests: [], script }, (message) => {
        const said = message as CellReport;
        if (said.kind === 'print') child.stdout.say('data', `${said.text}\n`);
        if (said.kind === 'error') {
          child.stderr.say('data', `${said.message}\n`);
          end(1);
        }
        if (said.kind === 'done') end(0);
      }, () => end(1));
  };
  return Object.assign(child, { stdin: { on: () => undefined, end: start } });
}

/** What the grader tells a cell; see the chapter. */
interface GradeOrder {
  readonly nonce: string;
  readonly store: string;
  readonly modules: Readonly<Record<string, string>>;
  readonly answer: { readonly path: string; readonly text: string };
  readonly tests: readonly string[];
  readonly own: readonly string[];
}

function gradersCell({ disk, cells }: System): object {
  const child = new Child();
  const start = (text: string): void => {
    const { nonce, store, modules, answer, tests, own } =
      JSON.parse(text) as GradeOrder;
    const files: Record<string, string> = { [answer.path]: answer.text };
    for (const [path, name] of Object.entries(modules)) {
      files[path] = disk.files.get(`${store}/${name}`) ?? '';
    }
    child.cell = cells.start({ files, tests, own, nonce },
      (line) => child.stdio[3].say('line', String(line)),
      () => child.end(1));
  };
  return Object.assign(child, { stdin: { on: () => undefined, end: start } });
}
