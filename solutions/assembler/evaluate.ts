import type { Lookup } from '#book/x86/expression.ts';

const level: Record<string, number> = { '|': 1, '^': 2, '&': 3,
  '<<': 4, '>>': 4, '+': 5, '-': 5, '*': 6, '/': 6, '%': 6,
  'u-': 7, 'u+': 7, 'u~': 7 };

function work(sign: string, values: number[]): void {
  const b = values.pop() ?? 0;
  if (sign.startsWith('u')) {
    values.push(sign === 'u-' ? -b : sign === 'u~' ? ~b >>> 0 : b);
    return;
  }
  const a = values.pop() ?? 0;
  const results: Record<string, number> = {
    '|': (a | b) >>> 0, '^': (a ^ b) >>> 0, '&': (a & b) >>> 0,
    '<<': a << b >>> 0, '>>': a >>> b, '+': a + b, '-': a - b,
    '*': a * b, '/': Math.trunc(a / b), '%': a % b,
  };
  values.push(results[sign] ?? 0);
}

function valueOf(token: string, lookup: Lookup): number {
  if (/^\d/.test(token)) return Number(token.replaceAll('_', ''));
  if (token.startsWith("'")) {
    const c = token.slice(1, -1);
    const known: Record<string, string> =
      { '\\n': '\n', '\\r': '\r', '\\t': '\t', '\\0': '\0' };
    return (known[c] ?? c.at(-1) ?? '').charCodeAt(0);
  }
  const value = lookup(token);
  if (value === undefined) throw new Error(`unknown ${token}`);
  return value;
}

function tokensOf(text: string): string[] {
  const one = new RegExp('\\s*(0x[0-9a-f_]+|0b[01_]+|\\d[\\d_]*|'
    + "'\\\\?.'|[a-z_.$@][\\w.$@]*|<<|>>|[-+*/%&|^~()])", 'iy');
  const list: string[] = [];
  while (one.lastIndex < text.trimEnd().length) {
    const m = one.exec(text);
    if (!m) throw new Error(`cannot read ${text}`);
    list.push(m[1] ?? '');
  }
  return list;
}

/** The value of an expression. */
export function evaluate(text: string, lookup: Lookup): number {
  const values: number[] = [], waiting: string[] = [];
  let wantsValue = true;
  const workDown = (to: number) => {
    while ((level[waiting.at(-1) ?? ''] ?? 0) >= to) {
      work(waiting.pop() ?? '', values);
    }
  };
  for (const token of tokensOf(text)) {
    if (wantsValue && /^[-+~]$/.test(token)) waiting.push(`u${token}`);
    else if (wantsValue && token === '(') waiting.push('(');
    else if (!wantsValue && token === ')') {
      workDown(1);
      if (waiting.pop() !== '(') throw new Error(`no ( in ${text}`);
    } else if (wantsValue && !level[token] && token !== ')'
      && token !== '~') {
      values.push(valueOf(token, lookup));
      wantsValue = false;
    } else if (!wantsValue && level[token]) {
      workDown(level[token] ?? 0);
      waiting.push(token);
      wantsValue = true;
    } else throw new Error(`${token} in ${text}`);
  }
  workDown(1);
  if (wantsValue || waiting.length) throw new Error(`bad ${text}`);
  return values[0] ?? 0;
}
