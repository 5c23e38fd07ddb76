import { join } from 'node:path';
import { watch } from 'chokidar';
import { type Spot, syncAt } from './at.ts';
import type { Program } from './book.ts';
import { readText, writeAtomic, writeChanged } from './files.ts';
import { chapterReader, loadProgram, loadSound } from './load.ts';
import {
  BookError, type Line, printPlace, render, visible,
} from './model.ts';
import { allFiles, sync } from './sync.ts';
import {
  baseOf, editedFiles, outputs, readState, tangle,
} from './tangle.ts';

/** What stands in `src/` and in no chapter, with its ancestor. */
function findEdits(
  root: string,
): { base: Map<string, string>; edited: Map<string, string> } {
  const program = loadSound(root);
  const state = readState(root);
  const base = new Map<string, string>();
  const edited = new Map<string, string>();
  for (const path of editedFiles(root, outputs(program))) {
    const now = readText(join(root, path)) ?? '';
    edited.set(path, now);
    const old = baseOf(root, path, state, now);
    if (old !== undefined) base.set(path, old);
  }
  return { base, edited };
}

/** Brings edits of `src/` into the chapters, or into new blocks at a
 * given place. `agree` hears which files would change. */
export async function syncCommand(
  root: string, place: string | undefined,
  agree: (files: readonly string[]) => Promise<string | boolean>,
): Promise<string[]> {
  const { base, edited } = findEdits(root);
  const read = chapterReader(root);
  const { chapters } = place === undefined || edited.size === 0
    ? sync(read, base, edited)
    : syncAt(read, base, edited, spotOf(place));
  const files = [...chapters.keys()].map((name) => `chapters/${name}`);
  const answer = place === undefined && files.length > 0
    ? await agree(files) : true;
  if (typeof answer === 'string') {
    return syncCommand(root, answer, agree);
  }
  if (!answer) return [];
  for (const [name, text] of chapters) {
    writeAtomic(join(root, 'chapters', name), text);
  }
  tangle(root, true);
  return files;
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
export function where(root: string, place: string): string[] {
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
export function snapshotCommand(
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
export function watchCommand(root: string): void {
  const folders = ['chapters', 'src', 'exercises', 'solutions'];
  const changed = new Set<string>();
  let due: NodeJS.Timeout | undefined;
  const work = async (): Promise<void> => {
    const paths = [...changed];
    changed.clear();
    await follow(root, paths);
  };
  watch(folders, { cwd: root, ignoreInitial: true })
    .on('all', (_, path) => {
      if (path.endsWith('.tmp')) return;
      changed.add(path);
      clearTimeout(due);
      due = setTimeout(() => void work(), 100);
    });
  report('watching', folders);
}

/** Brings one side after the other; the chapters lead. */
async function follow(
  root: string, changed: readonly string[],
): Promise<void> {
  const agree = (): Promise<boolean> => Promise.resolve(true);
  try {
    if (changed.some((path) => path.startsWith('chapters'))) {
      report('tangled', tangle(root).written);
    } else report('synced', await syncCommand(root, undefined, agree));
  } catch (error) {
    if (!(error instanceof BookError)) throw error;
    console.error(error.message);
  }
}

function report(what: string, files: readonly string[]): void {
  if (files.length > 0) console.log(`${what}: ${files.join(' ')}`);
}
