import { type Line, type Problem, type Snapshot, visible }
  from '../model.ts';

/** Puts a message at the chapter line that owns a program line.
 * Line and column count from 1. */
export function toChapter(
  files: Snapshot, path: string, line: number, col: number,
  message: string,
): Problem {
  const lines = visible(files.get(path) ?? []);
  const owner: Line | undefined = lines[line - 1] ?? lines.at(-1);
  if (!owner) return { file: path, line, col, message };
  return {
    file: owner.file, line: owner.line,
    col: Math.max(1, col - owner.indent), message,
  };
}
