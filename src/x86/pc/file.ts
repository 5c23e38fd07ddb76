import {
  closeSync, openSync, readFileSync, readSync, writeSync,
} from 'node:fs';
import { BadRecording } from '../../machine/recording.ts';

function reason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EISDIR') return 'is a folder';
  return String(code ?? error);
}

function attempt<T>(file: string, what: () => T): T {
  try {
    return what();
  } catch (error) {
    throw new BadRecording(`${file}: ${reason(error)}`);
  }
}

/** Whether a file is something that a recording may not replace. */
function isOther(file: string): boolean {
  let fd;
  try {
    fd = openSync(file, 'r');
  } catch {
    return false;
  }
  const start = Buffer.alloc(64);
  const length = readSync(fd, start);
  closeSync(fd);
  const text = start.toString('latin1', 0, length);
  return length > 0 && !text.includes('{"ringfence":"recording"');
}

/** Begins a recording: what it returns appends to the file. Nothing
 * but a recording is overwritten. */
export function openTape(file: string): (line: string) => void {
  if (attempt(file, () => isOther(file))) {
    throw new BadRecording(`${file}: exists, and is no recording`);
  }
  const fd = attempt(file, () => openSync(file, 'w'));
  return (line) => {
    const bytes = Buffer.from(line);
    for (let at = 0; at < bytes.length;) {
      at += attempt(file, () => writeSync(fd, bytes, at));
    }
  };
}

/** The text of a recording. */
export function readText(file: string): string {
  return attempt(file, () => readFileSync(file, 'utf8'));
}
