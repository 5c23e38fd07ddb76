// The bench of the way back: chapters, the file that was made of them and then
// edited, and the text from which both started.
import type { Program } from '../../src/lit/book.ts';
import type { Hunk } from '../../src/lit/diff.ts';
import type { Problem } from '../../src/lit/model.ts';
import type { Synced, Texts } from '../../src/lit/sync.ts';
import {
  type BookModules, count, diffRows, findingOf, textsOf, type ToolLab,
} from './lab.ts';
import { PROCESSOR } from './samples.ts';
import type { Finding, LabFile, Part, Picture, Row } from './view.ts';

const ONE = PROCESSOR;

const TWO = `# Wider instructions

Instructions take two bytes, and addresses sixteen bits.

\`\`\`ts edit=src/cpu.ts#Cpu
step(): void {
  this.pc += 1; // [!code --]
  this.pc += 2; // [!code ++]
  this.pc &= 0xffff; // [!code ++]
\`\`\`

And the processor can stop.

\`\`\`ts slot=state
halted = false;
\`\`\`
`;

const TANGLED = `export class Cpu {
  pc = 0;
  halted = false;

  step(): void {
    this.pc += 2;
    this.pc &= 0xffff;
  }
}
`;

const PATH = 'src/cpu.ts';
const LAST = 'last tangled';
const edit = (from: string, to: string, file = PATH) =>
  ({ file, from, to });

interface Tools {
  sync(read: (name: string) => string | undefined, base: Texts,
    edited: Texts): Synced;
  hunks(before: readonly string[], after: readonly string[]): Hunk[];
  readerOf(files: Readonly<Record<string, string>>):
    (name: string) => string | undefined;
  programOf(files: Readonly<Record<string, string>>): Program;
  textsOf(program: Program): Map<string, string>;
  BookError: new () => Error & { readonly problems: readonly Problem[] };
}

export const literateSync: ToolLab = {
  id: 'literate-sync', title: 'An edit in the wrong place',
  about: 'Somebody has edited src/cpu.ts. Edit it yourself, or the chapters, '
    + 'or both: the bench shows what would be written back, before it is.',
  files: [
    { path: PATH, text: TANGLED.replace('halted = false', 'halted = true') },
    { path: 'one.md', text: ONE }, { path: 'two.md', text: TWO },
    { path: LAST, text: TANGLED, fixed: true },
  ],
  tries: [
    { name: 'Edit a line that is quoted', changes: [
      edit('  step(): void {', '  step(by = 2): void {'),
      edit('this.pc += 2;', 'this.pc += by;')] },
    { name: 'Edit both sides', changes: [edit('+= 2;', '+= 4;'),
      edit('+= 2; // [!code ++]', '+= 3; // [!code ++]', 'two.md')] },
    { name: 'Delete an anchor', changes: [
      edit('  step(): void {\n', '')] },
  ],
  commands: [{ id: 'sync', name: 'lit sync' },
    { id: 'tangle', name: 'lit tangle --force' }],
  roots: ['src/lit/sync.ts', 'src/lit/try.ts', 'src/lit/diff.ts'],
  open(book) {
    const tools = toolsOf(book);
    return { look: async ({ files, command }) => picture(
      tools, files, command) };
  },
};

function toolsOf(book: BookModules): Tools {
  return {
    ...book<Tools>('src/lit/try.ts'), ...book<Tools>('src/lit/sync.ts'),
    ...book<Tools>('src/lit/diff.ts'), ...book<Tools>('src/lit/model.ts'),
  };
}

const linesOf = (text: string): string[] => {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
};

function picture(
  tools: Tools, files: readonly LabFile[], command: string | undefined,
): Picture {
  const texts = textsOf(files);
  const chapters = Object.fromEntries(Object.entries(texts)
    .filter(([name]) => name.endsWith('.md')));
  const base = new Map([[PATH, texts[LAST] ?? '']]);
  const edited = new Map([[PATH, texts[PATH] ?? '']]);
  const program = tools.programOf(chapters);
  if (command === 'tangle') return tangled(tools, files, program);
  const found = brought(tools, chapters, base, edited);
  if (command === 'sync' && 'chapters' in found) {
    return written(tools, files, found);
  }
  const ours = tools.textsOf(program).get(PATH) ?? '';
  return {
    ...judged(tools, chapters, found),
    panels: [
      { id: 'back', title: 'What goes back', parts:
        backParts(tools, chapters, found) },
      { id: 'sides', title: 'Both sides', parts: [
        side(tools, 'Typed in src/, since the last tangle', base.get(PATH)!,
          edited.get(PATH)!),
        side(tools, 'What the chapters have changed since then',
          base.get(PATH)!, ours)] },
    ],
  };
}

type Brought = Synced | { readonly findings: readonly Finding[] };

function brought(
  tools: Tools, chapters: Record<string, string>, base: Texts, edited: Texts,
): Brought {
  try {
    return tools.sync(tools.readerOf(chapters), base, edited);
  } catch (error) {
    if (!(error instanceof tools.BookError)) throw error;
    return { findings: error.problems.map(findingOf) };
  }
}

/** Chapters that say something else afterwards. */
function changed(
  chapters: Record<string, string>, { chapters: after }: Synced,
): [string, string][] {
  return [...after].filter(([name, text]) => chapters[name] !== text);
}

function judged(
  tools: Tools, chapters: Record<string, string>, found: Brought,
): Pick<Picture, 'ok' | 'verdict'> {
  if ('findings' in found) {
    return { ok: false, verdict: 'Refused: nothing would be written.' };
  }
  const files = changed(chapters, found);
  const n = files.reduce((sum, [name, text]) => sum + tools.hunks(
    linesOf(chapters[name] ?? ''), linesOf(text)).length, 0);
  const names = files.map(([name]) => name).join(' and ');
  return { ok: true, verdict: n === 0 ? 'There is nothing to carry back.'
    : `${count(n, 'change')} would go to ${names}.` };
}

function backParts(
  tools: Tools, chapters: Record<string, string>, found: Brought,
): Part[] {
  if ('findings' in found) {
    return [{ kind: 'findings', findings: found.findings }];
  }
  const parts = changed(chapters, found).map(([name, text]): Part => ({
    ...side(tools, name, chapters[name] ?? '', text),
  }));
  return parts.length > 0 ? parts
    : [{ kind: 'note', text: 'The file says what the chapters say, or what '
      + 'they said when it was last tangled.' }];
}

function side(tools: Tools, title: string, before: string, after: string) {
  const [old, now] = [linesOf(before), linesOf(after)];
  const rows = diffRows(old, now, tools.hunks(old, now));
  const none: Row = { text: 'nothing', tone: 'grey' };
  return { kind: 'lines', title, rows: rows.length > 0 ? rows : [none] } as const;
}

/** The files after `lit sync`: chapters and program agree, and that is where
 * the next edit starts from. */
function written(
  tools: Tools, files: readonly LabFile[], synced: Synced,
): Picture {
  const text = tools.textsOf(synced.program).get(PATH) ?? '';
  const all = files.map((file): LabFile => {
    const now = file.path.endsWith('.md')
      ? synced.chapters.get(file.path) ?? file.text : text;
    return { ...file, text: now };
  });
  const n = changed(textsOf(files), synced).length;
  const next = picture(tools, all, undefined);
  return { ...next, files: all, verdict: n === 0
    ? 'Nothing was written: there was nothing to carry back.'
    : `Written: ${count(n, 'chapter')} changed, and src/ is what they say.` };
}

function tangled(
  tools: Tools, files: readonly LabFile[], program: Program,
): Picture {
  if (program.problems.length > 0) {
    const findings = program.problems.map(findingOf);
    return { ok: false, verdict: 'The chapters do not apply.', panels: [
      { id: 'back', title: 'What goes back', parts: [
        { kind: 'findings', findings }] }] };
  }
  const text = tools.textsOf(program).get(PATH) ?? '';
  const all = files.map((file): LabFile =>
    file.path.endsWith('.md') ? file : { ...file, text });
  return { ...picture(tools, all, undefined), files: all,
    verdict: 'src/ is what the chapters say; what was typed there is gone.' };
}
