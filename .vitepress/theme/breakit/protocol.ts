// Messages between the page and the worker in which attacks run.
export interface Patch {
  file: string;
  /** The part of the compiled file that changes, and to what. */
  start: number;
  end: number;
  text: string;
}

export interface BreakLine {
  id: string;
  file: string;
  symbol: string;
  /** The function's text around the condition. */
  before: string;
  text: string;
  after: string;
  attack: string;
  tries: string;
  /** Why it has no attack of its own, or ''. */
  why: string;
  behind: readonly string[];
  patch: Patch;
}

export interface BreakRequest {
  /** The whole program, with the first request. */
  files: Record<string, string> | undefined;
  attack: string;
  patches: Patch[];
}

export type BreakReport =
  | { kind: 'verdict'; reached: string | undefined; result: number | undefined }
  | { kind: 'failed'; message: string };
