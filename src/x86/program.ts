import { assemble } from './assemble.ts';
import { evaluate, unescape } from './expression.ts';
import type { Lookup } from './expression.ts';

/** Where a program stands and what it may refer to. */
export interface ProgramOptions {
  /** Address of its first byte (default 0). */
  readonly origin?: number;
  /** Mode of its first instruction (default 32). */
  readonly mode?: 16 | 32;
  /** Names from outside. */
  readonly symbols?: Readonly<Record<string, number>>;
}

/** What one source line (from 1) became. */
export interface Listed {
  readonly line: number;
  readonly address: number;
  readonly length: number;
  readonly mode: 16 | 32;
}

export interface Program {
  readonly origin: number;
  readonly bytes: Uint8Array;
  readonly symbols: ReadonlyMap<string, number>;
  readonly listing: readonly Listed[];
}

interface Pass {
  readonly origin: number;
  readonly previous: ReadonlyMap<string, number>;
  readonly symbols: Map<string, number>;
  readonly lengths: number[];
  readonly bytes: number[];
  readonly listing: Listed[];
  /** The last one: now every name must be known. */
  readonly final: boolean;
  mode: 16 | 32;
}

const here = (p: Pass) => p.origin + p.bytes.length;

function lookupIn(p: Pass): Lookup {
  return name => {
    if (name === '$' || name === '.') return here(p);
    const value = p.symbols.get(name) ?? p.previous.get(name);
    return value ?? (p.final ? undefined : here(p));
  };
}

function instruction(p: Pass, line: number, source: string): void {
  const bytes = assemble(source, here(p), p.mode, lookupIn(p),
    p.lengths[line]);
  p.lengths[line] = bytes.length;
  p.bytes.push(...bytes);
}

const widths: Record<string, number> = { byte: 1, word: 2, long: 4 };

function numbers(p: Pass, rest: string): number[] {
  const parts = rest.match(/(?:'\\?.'|[^,'])+/g) ?? [];
  return parts.map(e => evaluate(e, lookupIn(p)));
}

function text(literal: string): number[] {
  const inside = /^"(.*)"$/.exec(literal)?.[1];
  if (inside === undefined) throw new Error('no text in quotes');
  const plain = inside.replace(/\\(.)/g, (_, c: string) => unescape(c));
  return Array.from(plain, c => c.charCodeAt(0) & 0xff);
}

const little = (v: number, bytes: number) =>
  Array.from({ length: bytes }, (_, i) => v >> 8 * i & 0xff);

function pad(p: Pass, count: number, byte: number): void {
  if (count < 0) throw new Error('this would go backwards');
  for (let i = 0; i < count; i++) p.bytes.push(byte & 0xff);
}

function directive(p: Pass, word: string, rest: string): void {
  const bytes = widths[word];
  const list = word.startsWith('asci') ? [] : numbers(p, rest);
  const [first = 0, fill = 0] = list;
  if (bytes) {
    for (const v of list) p.bytes.push(...little(v, bytes));
    return;
  }
  switch (word) {
    case 'ascii': p.bytes.push(...text(rest)); return;
    case 'asciz': p.bytes.push(...text(rest), 0); return;
    case 'org': pad(p, first - here(p), fill); return;
    case 'align': pad(p, -here(p) & first - 1, fill); return;
    case 'fill': case 'space': pad(p, first, fill); return;
    case 'code16': p.mode = 16; return;
    case 'code32': p.mode = 32; return;
    default: throw new Error(`no directive '.${word}'`);
  }
}

function statement(p: Pass, line: number, source: string): void {
  const label = /^([A-Za-z_.$@][\w.$@]*):\s*(.*)$/.exec(source);
  if (label) {
    define(p, label[1] ?? '', here(p));
    if (label[2]) statement(p, line, label[2]);
    return;
  }
  const set = /^([A-Za-z_$@][\w.$@]*)\s*=\s*(.*)$/.exec(source);
  const dot = /^\.(\w+)\s*(.*)$/.exec(source);
  if (set) define(p, set[1] ?? '', evaluate(set[2] ?? '', lookupIn(p)));
  else if (dot) directive(p, dot[1] ?? '', dot[2] ?? '');
  else instruction(p, line, source);
}

function define(p: Pass, name: string, value: number): void {
  if (p.symbols.has(name)) throw new Error(`'${name}' twice`);
  p.symbols.set(name, value);
}

function strip(line: string): string {
  const code = /^(?:'\\?.'|"(?:\\.|[^"])*"|[^;#'"])*/.exec(line);
  return (code?.[0] ?? '').trim();
}

function runPass(p: Pass, lines: readonly string[]): void {
  lines.forEach((source, i) => {
    const address = here(p), { mode } = p;
    try {
      if (source !== '') statement(p, i + 1, source);
    } catch (e) {
      const why = e instanceof Error ? e.message : String(e);
      throw new Error(`line ${i + 1}: ${why}: ${source}`);
    }
    const length = here(p) - address, line = i + 1;
    if (length > 0) p.listing.push({ line, address, length, mode });
  });
}

/** Assembles a program. Throws an Error that names the line. */
export function assembleProgram(
  source: string, options: ProgramOptions = {},
): Program {
  const { origin = 0, mode = 32, symbols = {} } = options;
  const lines = source.split(/\r?\n/).map(strip);
  const lengths: number[] = [];
  let previous = new Map(Object.entries(symbols));
  for (let final = false, n = 0; n < 100; n++) {
    const p: Pass = {
      origin, mode, previous, lengths, final, bytes: [], listing: [],
      symbols: new Map(Object.entries(symbols)),
    };
    runPass(p, lines);
    const settled = same(p.symbols, previous);
    if (settled && final) return finished(p);
    final = settled;
    previous = p.symbols;
  }
  throw new Error('the addresses never settle');
}

const finished = ({ origin, bytes, symbols, listing }: Pass) =>
  ({ origin, bytes: Uint8Array.from(bytes), symbols, listing });

const same = (a: Map<string, number>, b: Map<string, number>) =>
  a.size === b.size && [...a].every(([k, v]) => b.get(k) === v);
