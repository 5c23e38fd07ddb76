import {
  allFiles, applyBook, type Program, readBook, type Reader,
} from './book.ts';
import { render } from './model.ts';

/** A small book for the tests: file names to Markdown. */
export type SmallBook = Readonly<Record<string, string>>;

/** Reads a small book; its chapters stand in the order given. */
export function readerOf(
  files: SmallBook, changed: ReadonlyMap<string, string> = new Map(),
): Reader {
  const slugs = Object.keys(files)
    .filter((name) => /^[\w-]+\.md$/.test(name))
    .map((name) => name.replace('.md', ''));
  const contents = `parts:\n  - title: Part\n    chapters: [${
    slugs.join(', ')}]\n`;
  return (name) => name === 'contents.yaml' ? contents
    : changed.get(name) ?? files[name];
}

/** Applies a small book. */
export function programOf(files: SmallBook): Program {
  return applyBook(readBook(readerOf(files)));
}

/** What a program writes, by path. */
export function textsOf(program: Program): Map<string, string> {
  return new Map([...allFiles(program)].map(([path, lines]) =>
    [path, render(lines)]));
}

/** A fenced block as a chapter has it. */
export function fence(
  info: string, ...body: readonly string[]
): string {
  return ['', 'Some prose.', '', `\`\`\`${info}`, ...body, '```', '']
    .join('\n');
}
