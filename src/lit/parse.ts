import MarkdownIt from 'markdown-it';
import { parse as parseYaml } from 'yaml';
import { kindOf, parseInfo } from './info.ts';
import {
  type Block, type Kind, type Problem,
} from './model.ts';

/** A Markdown file of the book, read. */
export interface Doc {
  readonly file: string;
  readonly slug: string;
  readonly lines: readonly string[];
  readonly front: Readonly<Record<string, unknown>>;
  readonly blocks: readonly Block[];
  /** Every fence, also those that are no part of the program. */
  readonly fences: readonly Fence[];
  readonly problems: readonly Problem[];
}

/** The place of a fence: lines from 1, `end` is the closing one. */
export interface Fence {
  readonly info: string;
  readonly line: number;
  readonly end: number;
  readonly column: number;
  readonly body: readonly string[];
}

const markdown = new MarkdownIt({ html: true });
markdown.core.ruler.disable(['inline', 'linkify', 'replacements']);

/** Lines of a text, whatever its line ends. */
export function splitLines(text: string): string[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Reads one Markdown file; `from` numbers its first block. */
export function parseDoc(
  file: string, slug: string, text: string, from = 0,
): Doc {
  const lines = splitLines(text);
  const problems: Problem[] = [];
  const { front, body } = splitFront(file, lines, problems);
  const fences = findFences(body);
  const blocks: Block[] = [];
  for (const fence of fences) {
    const block = toBlock(fence, file, slug, from + blocks.length);
    if (block instanceof Error) {
      const at = { file, line: fence.line, col: fence.column + 1 };
      problems.push({ ...at, message: block.message });
    } else if (block) blocks.push(block);
  }
  return { file, slug, lines, front, blocks, fences, problems };
}

/** Takes the front matter off, keeping all line numbers. */
function splitFront(
  file: string, lines: readonly string[], problems: Problem[],
): { front: Record<string, unknown>; body: string } {
  const end = lines[0] === '---' ? lines.indexOf('---', 1) : -1;
  if (end < 0) return { front: {}, body: lines.join('\n') };
  const body = lines.map((l, i) => (i <= end ? '' : l)).join('\n');
  try {
    const yaml = parseYaml(lines.slice(1, end).join('\n'));
    return { front: (yaml ?? {}) as Record<string, unknown>, body };
  } catch (error) {
    const message = `front matter: ${String(error)}`;
    problems.push({ file, line: 1, col: 1, message });
    return { front: {}, body };
  }
}

function findFences(body: string): Fence[] {
  const lines = body.split('\n');
  return markdown.parse(body, {}).flatMap((token) => {
    if (token.type !== 'fence' || !token.map) return [];
    const [start, end] = token.map;
    const column = lines[start]?.indexOf(token.markup) ?? 0;
    const content = token.content.replace(/\n$/, '');
    return [{
      info: token.info.trim(), line: start + 1, end, column,
      body: token.content === '' ? [] : content.split('\n'),
    }];
  });
}

/** A block, nothing for a fence that is not ours, or an error. */
function toBlock(
  fence: Fence, file: string, slug: string, order: number,
): Block | undefined | Error {
  const info = parseInfo(fence.info);
  const kind = kindOf(info);
  if (kind === undefined || kind instanceof Error) return kind;
  const { lang, words } = info;
  const target = kind === 'hint'
    ? words.get('exercise') ?? '' : words.get(kind) ?? '';
  if (fence.column !== 0) {
    return new Error('a block must start at the left margin');
  }
  const bad = checkTarget(kind, target);
  if (bad) return new Error(bad);
  const [path = '', symbol] = target.split('#', 2);
  return {
    kind, lang, words, target: path, slug, file, order,
    line: fence.line, body: fence.body,
    ...(symbol ? { symbol } : {}),
  };
}

const PATHS: readonly Kind[] = [
  'new', 'add', 'edit', 'drop', 'test', 'show',
];

/** Says what is wrong with the value of the kind's word. */
function checkTarget(kind: Kind, target: string): string | undefined {
  if (kind === 'scratch') return undefined;
  if (target === '') return `${kind}= needs a value`;
  if (PATHS.includes(kind)) return checkPath(kind, target);
  if (kind === 'slot' || kind === 'run') return undefined;
  if (/^[a-z0-9-]+\/[a-z0-9-]+$/.test(target)) return undefined;
  return `${kind}=${target}: an exercise is named slug/name`;
}

function checkPath(kind: Kind, target: string): string | undefined {
  const [path = '', symbol] = target.split('#', 2);
  if (!/^src(\/[\w.+-]+)+$/.test(path) || /\/\.\.?(\/|$)/.test(path)) {
    return `${kind}=${path}: a path under src/ is wanted`;
  }
  const whole = kind === 'new' || kind === 'add' || kind === 'test';
  if (symbol !== undefined && whole) {
    return `${kind}= takes a file, not a symbol`;
  }
  return undefined;
}
