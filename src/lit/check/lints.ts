import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SLOT } from '../apply.ts';
import { type Chapter, docsOf, type Program } from '../book.ts';
import { MARK } from '../edit.ts';
import {
  type Block, printPlace, type Problem, problemAt,
} from '../model.ts';
import type { Doc, Fence } from '../parse.ts';
import type { Desk } from './report.ts';

const COLUMNS = 72;
const LINES = 40;

/** Everything that is wrong with the book as a text. */
export function lint({ root, book, slugs }: Desk): Problem[] {
  const problems = lintAll(root, book);
  return problems.filter((p) =>
    slugs.some((slug) => p.file.startsWith(`chapters/${slug}.`)));
}

function lintAll(root: string, program: Program): Problem[] {
  return [
    ...program.book.chapters.flatMap((chapter) => [
      ...lintChapter(chapter),
      ...lintMinutes(chapter),
      ...docsOf(chapter).flatMap((doc) => [
        ...lintBlocks(chapter, doc),
        ...lintGaps(chapter, doc),
        ...lintProse(root, doc),
      ]),
    ]),
    ...lintSlots(program),
    ...lintRuns(program),
  ];
}

function at(doc: Doc, line: number, message: string, col = 1): Problem {
  return { file: doc.file, line, col, message };
}

function lintChapter(chapter: Chapter): Problem[] {
  const { main } = chapter;
  const found: Problem[] = [];
  const question = main.front['question'];
  if (typeof question !== 'string' || question.trim() === '') {
    found.push(at(main, 1, 'the front matter asks no question'));
  }
  const blocks = docsOf(chapter).flatMap((doc) => doc.blocks);
  if (blocks.length === 0) {
    found.push(at(main, 1, 'a chapter without a block'));
  }
  const exercises = new Set(blocks
    .filter((b) => b.kind === 'exercise').map((b) => b.target));
  const free = main.front['exercises'] === 'none';
  const counted = !chapter.appendix && !free;
  if (counted && (exercises.size < 2 || exercises.size > 4)) {
    const message = `${exercises.size} exercises; 2 to 4 wanted`;
    found.push(at(main, 1, message));
  }
  return found;
}

function lintMinutes({ main }: Chapter): Problem[] {
  const stated = new Map(Object.entries(Object(main.front['minutes'])));
  const sections = sectionsOf(main);
  const problems = [...sections].flatMap(([name, line]) => {
    const minutes = stated.get(name);
    const sound = Number.isInteger(minutes) && Number(minutes) > 0;
    return sound ? []
      : [at(main, line, `no minutes stated for the section "${name}"`)];
  });
  const strange = [...stated.keys()].filter((n) => !sections.has(n));
  return [...problems, ...strange.map((name) =>
    at(main, 1, `minutes stated for "${name}", which is no section`))];
}

/** The lines at which a document's sections begin, by title. */
function sectionsOf(doc: Doc): Map<string, number> {
  const inside = fenced(doc);
  return new Map(doc.lines.flatMap((text, i) => {
    const [, title] = /^## (.+?)(?:\s*\{#.*\})?$/.exec(text) ?? [];
    return title === undefined || inside.has(i + 1) ? []
      : [[title, i + 1] as const];
  }));
}

/** The lines of a document's fences. */
function fenced(doc: Doc): Set<number> {
  return new Set(doc.fences.flatMap((f) =>
    Array.from({ length: f.end - f.line + 1 }, (_, i) => f.line + i)));
}

/** Blocks whose lines the program contains. */
function isCode(block: Block): boolean {
  return !['show', 'run', 'hint', 'drop'].includes(block.kind);
}

function lintBlocks(chapter: Chapter, doc: Doc): Problem[] {
  const found: Problem[] = [];
  for (const block of doc.blocks) {
    if (!isCode(block)) continue;
    block.body.forEach((text, i) => {
      const edit = block.kind === 'edit';
      const width = [...edit ? text.replace(MARK, '') : text].length;
      if (width <= COLUMNS) return;
      found.push(problemAt(block, i + 1,
        `${width} columns; at most ${COLUMNS}`, COLUMNS + 1));
    });
    if (doc === chapter.main && block.body.length > LINES) {
      found.push(problemAt(block, 0,
        `${block.body.length} lines; at most ${LINES}`));
    }
  }
  return found;
}

/** Two fences with no word between them. */
function lintGaps(chapter: Chapter, doc: Doc): Problem[] {
  if (doc === chapter.solutions) return [];
  const shown = doc.fences.filter((f) => !isHint(f));
  return shown.flatMap((fence, i) => {
    const last = shown[i - 1];
    if (!last) return [];
    const between = doc.lines.slice(last.end, fence.line - 1);
    const prose = between.some((l) => /\w/.test(l) && !/^:::/.test(l));
    return prose ? []
      : [at(doc, fence.line, 'two blocks with no prose between')];
  });
}

function isHint(fence: Fence): boolean {
  return fence.info.startsWith('hint');
}

const LINK = /(!?)\[([^\]]*)\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g;

function lintProse(root: string, doc: Doc): Problem[] {
  const inside = fenced(doc);
  return doc.lines.flatMap((text, i) => {
    if (inside.has(i + 1)) return [];
    const found: Problem[] = [];
    if (text.includes('<!-- say why -->')) {
      found.push(at(doc, i + 1, 'this block still has no prose'));
    }
    const bare = text.replace(/`[^`]*`/g, (c) => ' '.repeat(c.length));
    for (const match of bare.matchAll(LINK)) {
      const message = checkLink(root, doc, match);
      if (message) found.push(at(doc, i + 1, message, match.index + 1));
    }
    return found;
  });
}

function checkLink(
  root: string, doc: Doc, match: RegExpMatchArray,
): string | undefined {
  const [, image, text, url = ''] = match;
  if (image && !text?.trim()) {
    return 'a figure without alternative text';
  }
  if (/^[a-z]+:/.test(url)) return undefined;
  const [path = '', anchor] = url.split('#', 2);
  if (path === '') return checkAnchor(doc, anchor ?? '');
  const base = path.startsWith('/') ? ['chapters/public', 'chapters']
    : ['chapters', '.'];
  const names = [path, `${path}.md`, path.replace(/\.html$/, '.md')];
  const found = base.some((folder) => names.some((name) =>
    existsSync(join(root, folder, name))));
  return found ? undefined : `link to nothing: ${url}`;
}

function checkAnchor(doc: Doc, anchor: string): string | undefined {
  const slugs = doc.lines.filter((l) => /^#+ /.test(l)).map((l) =>
    l.replace(/^#+ /, '').toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '').trim().replace(/\s+/g, '-'));
  const own = doc.lines.some((l) => l.includes(`{#${anchor}}`));
  const loose = anchor.replace(/-+/g, '-');
  return own || slugs.some((s) => s.replace(/-+/g, '-') === loose)
    ? undefined : `link to nothing: #${anchor}`;
}

function lintSlots(program: Program): Problem[] {
  const filled = new Set(program.steps
    .filter((s) => s.block.kind === 'slot').map((s) => s.block.target));
  return [...program.final.values()].flat().flatMap((line) => {
    if (line.mark !== 'slot') return [];
    const [, name = '', open] = SLOT.exec(line.text) ?? [];
    if (open || filled.has(name)) return [];
    return [{
      file: line.file, line: line.line, col: 1,
      message: `slot "${name}" is never filled nor marked open`,
    }];
  });
}

function lintRuns(program: Program): Problem[] {
  const seen = new Map<string, Block>();
  return program.steps.flatMap(({ block }) => {
    if (block.kind === 'scratch' && block.body.length === 0) {
      return [problemAt(block, 0, 'an empty scratch block')];
    }
    if (block.kind !== 'run') return [];
    const first = seen.get(block.target);
    seen.set(block.target, block);
    if (first) {
      return [problemAt(block, 0,
        `run=${block.target} stands at ${printPlace(first)} too`)];
    }
    return block.body[0]?.startsWith('$ ') ? []
      : [problemAt(block, 0, 'a run begins with a line `$ command`')];
  });
}
