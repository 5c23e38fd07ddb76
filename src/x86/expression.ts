/** What names stand for; `undefined` if unknown. */
export type Lookup = (name: string) => number | undefined;

type Token = { number: number } | { name: string } | { sign: string };

const pattern = '\\s*(?:(0x[0-9a-f_]+|0b[01_]+|\\d[\\d_]*)'
  + "|'(\\\\?.)'|([a-z_.$@][\\w.$@]*)|(<<|>>|[-+*/%&|^~()]))";

const escapes: Record<string, string> =
  { n: '\n', r: '\r', t: '\t', 0: '\0' };

/** The character that a backslash and `c` stand for. */
export const unescape = (c: string): string => escapes[c] ?? c;

const codeOf = (quoted: string): number => (quoted.length === 2
  ? unescape(quoted.charAt(1)) : quoted).charCodeAt(0);

function tokens(text: string): Token[] {
  const token = new RegExp(pattern, 'iy');
  const list: Token[] = [];
  while (token.lastIndex < text.trimEnd().length) {
    const rest = text.slice(token.lastIndex).trim();
    const m = token.exec(text);
    if (!m) throw new Error(`cannot read '${rest}'`);
    const [, number, char, name, sign = ''] = m;
    const digits = number?.replaceAll('_', '');
    if (digits) list.push({ number: Number(digits) });
    else if (char) list.push({ number: codeOf(char) });
    else if (name) list.push({ name });
    else list.push({ sign });
  }
  return list;
}

const levels = [['|'], ['^'], ['&'], ['<<', '>>'], ['+', '-'],
  ['*', '/', '%']];

function apply(sign: string, a: number, b: number): number {
  switch (sign) {
    case '|': return (a | b) >>> 0;
    case '^': return (a ^ b) >>> 0;
    case '&': return (a & b) >>> 0;
    case '<<': return a << b >>> 0;
    case '>>': return a >>> b;
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '/': return Math.trunc(a / b);
    default: return a % b;
  }
}

interface Reader {
  readonly text: string;
  readonly list: readonly Token[];
  readonly lookup: Lookup;
  at: number;
}

function signAt(r: Reader): string | undefined {
  const t = r.list[r.at];
  return t && 'sign' in t ? t.sign : undefined;
}

function binary(r: Reader, level: number): number {
  const signs = levels[level];
  if (!signs) return unary(r);
  let value = binary(r, level + 1);
  for (let s = signAt(r); s && signs.includes(s); s = signAt(r)) {
    r.at++;
    value = apply(s, value, binary(r, level + 1));
  }
  return value;
}

function unary(r: Reader): number {
  const t = r.list[r.at++];
  if (!t) throw new Error(`'${r.text}' ends too early`);
  if ('number' in t) return t.number;
  if ('name' in t) {
    const value = r.lookup(t.name);
    if (value === undefined) throw new Error(`unknown '${t.name}'`);
    return value;
  }
  switch (t.sign) {
    case '-': return -unary(r);
    case '+': return unary(r);
    case '~': return ~unary(r) >>> 0;
    case '(': return parentheses(r);
    default: throw new Error(`cannot read '${r.text}'`);
  }
}

function parentheses(r: Reader): number {
  const value = binary(r, 0);
  if (signAt(r) !== ')') throw new Error(`no ')' in '${r.text}'`);
  r.at++;
  return value;
}

/** The value of an expression. Throws an Error on what it cannot
 *  read and on names that `lookup` does not know. */
export function evaluate(text: string, lookup: Lookup): number {
  const r: Reader = { text, list: tokens(text), lookup, at: 0 };
  const value = binary(r, 0);
  if (r.at < r.list.length) throw new Error(`cannot read '${text}'`);
  return value;
}
