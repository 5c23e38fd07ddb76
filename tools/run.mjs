// Runs a program of this book: node tools/run.mjs FILE.ts WORDS…
// All its modules are put together in one file, once; as long as none of them
// changes, starting it costs no more than reading that file.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { basename, join, relative, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const ROOT = resolve(import.meta.dirname, '..');
const CACHE = join(ROOT, '.cache', 'run');

/** What tells a file from what it was, or undefined: it's gone. */
function stamp(path) {
  const found = statSync(join(ROOT, path), { throwIfNoEntry: false });
  return found && `${found.mtimeMs} ${found.size}`;
}

/** The stamps of all files that a bundle was made of, or undefined. */
function stampsIn(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function isFresh(stamps) {
  return stamps !== undefined
    && Object.entries(stamps).every(([path, old]) => stamp(path) === old);
}

/** Files that were written whole, or not at all. */
function write(path, text) {
  const part = `${path}.${process.pid}`;
  writeFileSync(part, text);
  renameSync(part, path);
}

/** Bundles a program; an error names the file and the line. */
async function bundle(entry, out, list) {
  const { build } = await import('esbuild');
  const begun = Date.now();
  const { metafile, outputFiles } = await build({
    entryPoints: [join(ROOT, entry)], absWorkingDir: ROOT, outfile: out, write: false,
    bundle: true, packages: 'external', platform: 'node', format: 'esm',
    target: 'node20', sourcemap: 'external', metafile: true, logLevel: 'error',
  });
  const inputs = [...Object.keys(metafile.inputs), 'package-lock.json'];
  mkdirSync(CACHE, { recursive: true });
  rmSync(list, { force: true });
  for (const { path, contents } of outputFiles) write(path, contents);
  const changed = inputs.some((path) => statSync(join(ROOT, path)).mtimeMs >= begun);
  if (changed) return;
  write(list, JSON.stringify(Object.fromEntries(inputs.map((path) => [path, stamp(path)]))));
}

let map;

/** A stack whose places are those of the sources. The map is read when the
 * first stack is asked for: most programs end without. */
function stackOf(error, frames) {
  map ??= new SourceMap(JSON.parse(readFileSync(`${out}.map`, 'utf8')));
  return [String(error), ...frames.map(placeOf)].join('\n    at ');
}

function placeOf(frame) {
  const here = frame.getFileName() === pathToFileURL(out).href;
  const found = here && map.findEntry(frame.getLineNumber() - 1, frame.getColumnNumber() - 1);
  if (!found?.originalSource) return String(frame);
  const { originalSource, originalLine, originalColumn } = found;
  const path = resolve(CACHE, originalSource);
  return `${frame.getFunctionName() ?? 'module'} (${path}:${originalLine + 1}:${originalColumn + 1})`;
}

const file = process.argv[2];
if (file === undefined) {
  console.error('usage: node tools/run.mjs FILE.ts [WORDS…]');
  process.exit(2);
}
const entry = relative(ROOT, resolve(file));
const hash = createHash('sha256').update(entry).digest('hex').slice(0, 8);
const out = join(CACHE, `${basename(entry, '.ts')}-${hash}.mjs`);
const list = out.replace(/\.mjs$/, '.json');
if (!isFresh(stampsIn(list))) {
  try {
    await bundle(entry, out, list);
  } catch (error) {
    // What can't be read as a program, esbuild has said itself.
    if (!('errors' in error)) console.error(`tools/run.mjs: ${error.message}`);
    process.exit(1);
  }
}
process.argv.splice(1, 2, resolve(file));
Error.prepareStackTrace = stackOf;
await import(pathToFileURL(out).href);
