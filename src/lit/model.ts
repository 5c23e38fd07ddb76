/** What a fence can be; everything else in a chapter is prose. */
export const KINDS = [
  'new', 'add', 'slot', 'edit', 'drop', 'test', 'show', 'scratch',
  'run', 'exercise', 'exercise-test', 'solution', 'wrong', 'hint',
] as const;
export type Kind = (typeof KINDS)[number];

/** A fenced block of a chapter: one step of the program. */
export interface Block {
  readonly kind: Kind;
  readonly lang: string;
  /** The words after the language, such as `name="..."`. */
  readonly words: ReadonlyMap<string, string>;
  /** A path, or for slots, runs and exercises a name. */
  readonly target: string;
  /** What followed `#` in the target. */
  readonly symbol?: string;
  readonly slug: string;
  /** The chapter file, `chapters/x.md`. */
  readonly file: string;
  /** The line of the opening fence, counted from 1. */
  readonly line: number;
  readonly body: readonly string[];
  /** Position in the whole book. */
  readonly order: number;
}

/** One line of the program and the chapter line that wrote it. */
export interface Line {
  readonly text: string;
  readonly file: string;
  readonly line: number;
  readonly block: Block;
  /** Columns added to the chapter's text (negative: removed). */
  readonly indent: number;
  /** A slot's marker or an automatic blank line, if not code. */
  readonly mark?: 'slot' | 'gap';
}

/** The program: each file's lines. Never changed in place. */
export type Snapshot = ReadonlyMap<string, readonly Line[]>;

/** Something wrong, at a place the author can open. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly message: string;
}

/** Thrown by everything that reads or applies the book. */
export class BookError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(printProblem).join('\n'));
    this.name = 'BookError';
    this.problems = problems;
  }
}

/** `chapters/x.md:12:1: message`, as editors like it. */
export function printProblem(p: Problem): string {
  return `${p.file}:${p.line}:${p.col}: ${p.message}`;
}

/** An error at a line of a block; 0 is the fence itself. */
export function problemAt(
  block: Block, offset: number, message: string, col = 1,
): Problem {
  return {
    file: block.file, line: block.line + offset, col, message,
  };
}

/** Throws one problem at a block's line. */
export function fail(
  block: Block, message: string, offset = 0, col = 1,
): never {
  throw new BookError([problemAt(block, offset, message, col)]);
}

/** `chapters/x.md:12`. */
export function printPlace(at: { file: string; line: number }): string {
  return `${at.file}:${at.line}`;
}

/** The lines as they stand in `src/`: slot marks are left out. */
export function visible(lines: readonly Line[]): Line[] {
  return lines.filter((line) => line.mark !== 'slot');
}

/** The text of a file, with its final newline. */
export function render(lines: readonly Line[]): string {
  return visible(lines).map((line) => `${line.text}\n`).join('');
}
