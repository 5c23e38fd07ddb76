// Messages between the page and the worker that runs an exercise's tests.
export interface RunRequest {
  /** path → text of every file, the learner's among them */
  files: Record<string, string>;
  /** path of the learner's file */
  answer: string;
  tests: string[];
}

export type RunReport =
  | { kind: 'start'; name: string; file: string }
  | { kind: 'test'; name: string; passed: boolean; message: string }
  | { kind: 'done'; passed: number; failed: number }
  | { kind: 'error'; message: string };
