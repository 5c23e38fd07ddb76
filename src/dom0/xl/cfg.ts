/** An error in a file; its message begins with file:line. */
export class ConfigError extends Error {
  constructor(file: string, line: number, reason: string) {
    super(`${file}:${line}: ${reason}`);
  }
}

export type Value = string | number | readonly Value[];

/** What a file sets: the last setting of each key counts. */
export type Settings = Map<string, { value: Value; line: number }>;

interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'mark' | 'end';
  readonly text: string;
  readonly line: number;
}

const BLANK = /(?:[ \t\r]|#[^\n]*)+/y;
const KINDS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['name', /[A-Za-z_][-\w]*/y],
  ['number', /-?(?:0[xX][0-9a-fA-F]+|\d+)(?![.\w])/y],
  ['string', /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y],
  ['mark', /\+=|[=[\],;\n]/y],
];

function matchAt(pattern: RegExp, text: string, at: number) {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function tokensOf(file: string, text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (let at = 0; at < text.length;) {
    const blank = matchAt(BLANK, text, at)?.length ?? 0;
    at += blank;
    if (blank || at >= text.length) continue;
    const found = KINDS.map(([kind, pattern]) =>
      ({ kind, text: matchAt(pattern, text, at) ?? '', line }))
      .find(token => token.text);
    if (!found) throw new ConfigError(file, line, oddity(text, at));
    tokens.push(found);
    at += found.text.length;
    if (found.text === '\n') line++;
  }
  tokens.push({ kind: 'end', text: 'the end of the file', line });
  return tokens;
}

function oddity(text: string, at: number): string {
  const rest = /.[^\s=,;[\]]*/y;
  const word = matchAt(rest, text, at) ?? '';
  return /^["']/.test(word)
    ? `the string that starts with ${word} has no end`
    : `${word} is not understood here`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v',
};

function unquote(text: string): string {
  return text.slice(1, -1).replace(
    /\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)/g,
    (_, e: string) => {
      if (/^x./.test(e)) return fromCode(parseInt(e.slice(1), 16));
      if (/^[0-7]/.test(e)) return fromCode(parseInt(e, 8));
      return ESCAPES[e] ?? e;
    });
}

const fromCode = (code: number): string =>
  String.fromCharCode(code & 255);

interface Cursor {
  readonly file: string;
  readonly tokens: readonly Token[];
  at: number;
}

const peek = (c: Cursor): Token => c.tokens[c.at]!;

function take(c: Cursor, text: string): boolean {
  const hit = peek(c).kind === 'mark' && peek(c).text === text;
  if (hit) c.at++;
  return hit;
}

function wrong(c: Cursor, wanted: string): ConfigError {
  const { text, line } = peek(c);
  const found = text === '\n' ? 'the end of the line' : text;
  return new ConfigError(
    c.file, line, `${wanted} expected, but ${found} found`);
}

function value(c: Cursor): Value {
  const { kind, text } = peek(c);
  if (take(c, '[')) return list(c);
  if (kind !== 'string' && kind !== 'number') {
    throw wrong(c, 'a "string", a number or a [list]');
  }
  c.at++;
  return kind === 'string' ? unquote(text) : Number(text);
}

function list(c: Cursor): Value[] {
  const values: Value[] = [];
  const lines = (): void => { while (take(c, '\n')); };
  for (;;) {
    lines();
    if (take(c, ']')) return values;
    values.push(value(c));
    lines();
    if (take(c, ']')) return values;
    if (!take(c, ',')) throw wrong(c, ', or ]');
  }
}

/** Parses the text of a configuration file. */
export function parseCfg(file: string, text: string): Settings {
  const c: Cursor = { file, tokens: tokensOf(file, text), at: 0 };
  const settings: Settings = new Map();
  for (;;) {
    while (take(c, '\n') || take(c, ';'));
    const { kind, text: key, line } = peek(c);
    if (kind === 'end') return settings;
    if (kind !== 'name') throw wrong(c, 'the name of an option');
    c.at++;
    const adds = take(c, '+=');
    if (!adds && !take(c, '=')) throw wrong(c, `= after ${key}`);
    const given = value(c);
    const old = settings.get(key)?.value;
    settings.set(key, { value: adds ? sum(old, given) : given, line });
    if (peek(c).kind === 'end') return settings;
    if (!take(c, '\n') && !take(c, ';')) {
      throw wrong(c, 'the end of the line');
    }
  }
}

function sum(old: Value | undefined, more: Value): Value {
  if (typeof old === 'string') return `${old}${String(more)}`;
  if (Array.isArray(old)) return [...old, ...[more].flat()];
  return more;
}
