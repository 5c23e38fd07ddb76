// Messages between the page and the workers that run an exercise's tests and
// check its types.
export interface RunRequest {
  /** path → text of every file, the learner's among them */
  files: Readonly<Record<string, string>>;
  /** path of the learner's file; none: all files are compiled */
  answer?: string;
  tests: readonly string[];
  /** Speaks as the grader's cells do: lines that begin with it. */
  nonce?: string;
  /** The exercise's own tests: if one fails, others are not run. */
  own?: readonly string[];
  /** A program in place of tests; what it prints is told. */
  script?: string;
}

export type RunReport =
  | { kind: 'start'; name: string; file: string }
  | { kind: 'test'; name: string; file: string; passed: boolean; message: string; stack: string }
  | { kind: 'print'; text: string }
  | { kind: 'done'; passed: number; failed: number }
  | { kind: 'error'; message: string };

export interface TypeQuestion {
  /** The answer has the same. */
  id: number;
  /** The site's address, ending in a slash. */
  site: string;
  /** The chapter's last block; it is the same for all that a worker hears. */
  end: number;
  /** path and text of the learner's file */
  path: string;
  text: string;
}

export interface TypeProblem {
  /** The part of the text that it is about. */
  from: number;
  to: number;
  /** The first line is 1. */
  line: number;
  /** TypeScript's number for errors of its kind. */
  code: number;
  message: string;
}

export type TypeAnswer =
  | { id: number; kind: 'found'; problems: TypeProblem[] }
  | { id: number; kind: 'failed'; reason: string };
