import type { Block } from '../model.ts';

/** One command of a transcript and what it is to print. */
export interface Command {
  readonly argv: readonly string[];
  readonly stdin: string;
  /** Offset of the `$` line in its block. */
  readonly offset: number;
  readonly expected: readonly string[];
}

/** The commands of a run block. `printf '...' | command` feeds it. */
export function commandsOf(block: Block): Command[] {
  const commands: Command[] = [];
  let expected: string[] = [];
  block.body.forEach((text, i) => {
    if (!text.startsWith('$ ')) {
      expected.push(text);
      return;
    }
    const [, fed, rest = ''] =
      /^\$ (?:printf ('[^']*'|"[^"]*") \| )?(.*)$/.exec(text) ?? [];
    const stdin = fed?.slice(1, -1) ?? block.words.get('stdin') ?? '';
    expected = [];
    commands.push({
      argv: splitWords(rest), stdin: unescape(stdin), offset: i + 1,
      expected,
    });
  });
  return commands;
}

/** The arguments for node that a command line stands for. */
export function toNode(
  argv: readonly string[], scripts: Readonly<Record<string, string>>,
): string[] | undefined {
  const words = argv.filter((w) => w !== '-s' && w !== '--silent');
  const [first, second, third] = words;
  if (first === 'npm' && second === 'run' && third) {
    const rest = words.slice(words[3] === '--' ? 4 : 3);
    const script = scripts[third];
    return script === undefined ? undefined
      : toNode([...splitWords(script), ...rest], scripts);
  }
  if (first === 'npx') return toNode(words.slice(1), scripts);
  if (first === 'tsx') return ['--import', 'tsx', ...words.slice(1)];
  if (second === RUNNER) return toNode(['tsx', ...words.slice(2)], {});
  return first === 'node' ? words.slice(1) : undefined;
}

/** Starts large programs from one file; here they start as usual. */
const RUNNER = 'tools/run.mjs';

/** The first expected line that is not there; `…` skips lines. */
export function matches(
  expected: readonly string[], lines: readonly string[],
): number | undefined {
  let at = 0;
  let free = false;
  for (const [i, text] of expected.entries()) {
    if (/^\s*(…|\.\.\.)\s*$/.test(text)) {
      free = true;
      continue;
    }
    const same = (l: string): boolean => l.trimEnd() === text.trimEnd();
    const found = free ? lines.findIndex((l, k) => k >= at && same(l))
      : same(lines[at] ?? (text === '' ? '' : '\0')) ? at : -1;
    if (found < 0) return i;
    at = found + 1;
    free = false;
  }
  const rest = lines.slice(at).some((l) => l.trim() !== '');
  return free || !rest ? undefined : expected.length;
}

/** Splits a command line into words, as a shell would. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const [, single, double, bare] of
    text.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g)) {
    words.push(single ?? double ?? bare ?? '');
  }
  return words;
}

function unescape(text: string): string {
  const known: Record<string, string> = { n: '\n', r: '\r', t: '\t' };
  return text.replace(/\\(x[0-9a-f]{2}|.)/g, (_, c: string) =>
    c[0] === 'x' && c.length === 3
      ? String.fromCharCode(parseInt(c.slice(1), 16)) : known[c] ?? c);
}
