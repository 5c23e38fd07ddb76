import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { watch } from 'chokidar';
import { type Spot, syncAt } from './at.ts';
import { allFiles, type Program } from './book.ts';
import { readText, writeAtomic, writeChanged } from './files.ts';
import { chapterReader, loadProgram, loadSound } from './load.ts';
import {
  BookError, type Line, printPlace, render, visible,
} from './model.ts';
import { sync } from './sync.ts';
import {
  committed, editedFiles, outputs, readState, tangle,
} from './tangle.ts';

/** What stands in `src/` and in no chapter, with its ancestor. */
function findEdits(
  root: string,
): { base: Map<string, string>; edited: Map<string, string> } {
  const program = loadSound(root);
  const last = readState(root);
  const base = new Map<string, string>();
  const edited = new Map<string, string>();
  for (const path of editedFiles(root, outputs(program))) {
    const now = readText(join(root, path)) ?? '';
    edited.set(path, now);
    const old = last.get(path) ?? committed(root).get(path);
    if (old !== undefined) base.set(path, old);
  }
  return { base, edited };
}

/** The files that were written, on both sides. */
interface Both {
  readonly chapters: readonly string[];
  readonly written: readonly string[];
}

/** Brings edits of `src/` into the chapters, or into new blocks at a
 * given place. `agree` hears which files would change. */
export async function syncEdits(
  root: string, place: string | undefined,
  agree: (files: readonly string[]) => Promise<string | boolean>,
): Promise<Both> {
  const { base, edited } = findEdits(root);
  const read = chapterReader(root);
  const { chapters } = place === undefined || edited.size === 0
    ? sync(read, base, edited)
    : syncAt(read, base, edited, spotOf(place));
  const files = [...chapters.keys()].map((name) => `chapters/${name}`);
  const answer = place === undefined && files.length > 0
    ? await agree(files) : true;
  if (typeof answer === 'string') {
    return syncEdits(root, answer, agree);
  }
  if (!answer) return { chapters: [], written: [] };
  for (const [name, text] of chapters) {
    writeAtomic(join(root, 'chapters', name), text);
  }
  return { chapters: files, written: tangle(root, true).written };
}

/** `chapters/x.md:12`, `x.md` or `x`: a place for new blocks. */
function spotOf(place: string): Spot {
  const [, name = '', line] =
    /^(?:chapters\/)?([^:]*?)(?:\.md)?(?::(\d+))?$/
      .exec(place) ?? [];
  const file = `chapters/${name}.md`;
  return line ? { file, line: Number(line) } : { file };
}

/** Says which chapter line owns a line of the program, and back. */
function where(root: string, place: string): string[] {
  const [, path = '', number = '1'] = /^(.*?)(?::(\d+).*)?$/
    .exec(place) ?? [];
  const program = loadProgram(root);
  const at = Number(number);
  return path.startsWith('chapters/')
    ? whereChapter(program, path, at) : whereProgram(program, path, at);
}

function whereProgram(
  program: Program, path: string, at: number,
): string[] {
  const lines = allFiles(program).get(path);
  const line = lines && visible(lines)[at - 1];
  if (!line) return [];
  return [`${printPlace(line)}: ${line.text.trim()}`];
}

function whereChapter(
  program: Program, file: string, at: number,
): string[] {
  const owned = (line: Line): boolean =>
    line.file === file && line.line === at;
  const found = [...allFiles(program)].flatMap(([path, lines]) =>
    visible(lines).flatMap((line, i) =>
      owned(line) ? [`${path}:${i + 1}: ${line.text.trim()}`] : []));
  if (found.length > 0) return found;
  const gone = program.steps.find(({ before, snapshot, path }) =>
    path && before.get(path)?.some(owned)
      && !snapshot.get(path)?.some(owned));
  return gone ? [`${printPlace(gone.block)}: removed it`] : [];
}

/** Writes the program as it stands at a chapter's end. */
function writeSnapshot(
  root: string, slug: string, folder: string,
): number {
  const program = loadSound(root);
  const files = program.ends.get(slug);
  if (!files) {
    throw new BookError([{
      file: 'chapters/contents.yaml', line: 1, col: 1,
      message: `there is no chapter ${slug}`,
    }]);
  }
  for (const [path, lines] of files) {
    writeChanged(join(folder, path), render(lines));
  }
  return files.size;
}

/** Tangles and syncs as files change, until stopped. */
export function runWatch(root: string): number {
  const folders = ['chapters', 'src', 'exercises', 'solutions'];
  let due: NodeJS.Timeout | undefined;
  watch(folders, { cwd: root, ignoreInitial: true })
    .on('ready', () => report('watching', folders))
    .on('all', (_, path) => {
      if (path.endsWith('.tmp')) return;
      clearTimeout(due);
      due = setTimeout(() => void follow(root), 100);
    });
  void follow(root);
  return 0;
}

/** Brings both sides together, as far as they do not clash. */
async function follow(root: string): Promise<void> {
  const agree = (): Promise<boolean> => Promise.resolve(true);
  try {
    const both = await syncEdits(root, undefined, agree);
    report('synced', both.chapters);
    report('tangled', both.written);
  } catch (error) {
    if (!(error instanceof BookError)) throw error;
    console.error(error.message);
  }
}

function report(what: string, files: readonly string[]): void {
  if (files.length > 0) console.log(`${what}: ${files.join(' ')}`);
}

/** In a terminal, asks before an older chapter is changed. */
async function ask(
  files: readonly string[],
): Promise<string | boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return true;
  const terminal = createInterface({
    input: process.stdin, output: process.stdout,
  });
  const answer = await terminal.question(
    `These lines were written in ${files.join(', ')}.\n`
    + 'Change them there (Enter), stop (n), or name a chapter'
    + ' in which new blocks shall make the change: ');
  terminal.close();
  if (answer.trim() === '') return true;
  return /^n$/i.test(answer) ? false : answer.trim();
}

/** `lit sync [--at CHAPTER[:LINE]]`. */
export async function runSync(
  root: string, words: readonly string[],
): Promise<number> {
  const at = words.indexOf('--at');
  const place = at < 0 ? undefined : words[at + 1];
  const { chapters } = await syncEdits(root, place, ask);
  console.log(chapters.length === 0 ? 'nothing to sync'
    : `synced into ${chapters.join(' ')}`);
  return 0;
}

/** `lit where FILE:LINE`. */
export function runWhere(
  root: string, [place = '']: readonly string[],
): number {
  const found = where(root, place);
  for (const line of found) console.log(line);
  if (found.length === 0) console.error(`nothing stands at ${place}`);
  return found.length > 0 ? 0 : 1;
}

/** `lit snapshot CHAPTER DIR`. */
export function runSnapshot(
  root: string, [slug, folder]: readonly string[],
): number {
  if (!slug || !folder) {
    console.error('usage: lit snapshot CHAPTER DIR');
    return 2;
  }
  const count = writeSnapshot(root, slug, folder);
  console.log(`${count} files in ${folder}`);
  return 0;
}
