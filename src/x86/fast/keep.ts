import {
  readFileSync, renameSync, statSync, writeFileSync,
} from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { beginWith } from './fast.ts';
import { pack, type Stock, unpack } from './stock.ts';
import { study } from './study.ts';

/** Has this program's translators begin with a stock, which is kept in
 * a file beside it. Only a program that `tools/run.mjs` has put
 * together has one: what consists of many files may change.
 * @param program the file that this is part of */
export function beginWithKept(
  program = fileURLToPath(import.meta.url),
): void {
  if (!program.endsWith('.mjs')) return;
  const file = program.replace(/\.mjs$/, '.stock');
  beginWith(kept(file, program) ?? made(file));
}

/** Nothing: there is none that is newer than the program. */
function kept(file: string, program: string): Stock | undefined {
  try {
    const old = statSync(file).mtimeMs < statSync(program).mtimeMs;
    return old ? undefined : unpack(readFileSync(file));
  } catch {
    return undefined;
  }
}

function made(file: string): Stock {
  const stock = study();
  const part = `${file}.${process.pid}`;
  try {
    writeFileSync(part, pack(stock));
    renameSync(part, file);
  } catch {
    // Where no file can be written, it is learned again next time.
  }
  return stock;
}
