// Builds a workload with gcc -m32, once for the bare machine (a multiboot
// kernel) and once for Linux, into .cache/bench/ under a hash of everything
// that it is made from.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { coldHeader } from './generate.ts';
import { type Job, type Name, SOURCES } from './workloads.ts';

const root = join(import.meta.dirname, '..', '..');
const guest = join(import.meta.dirname, 'guest');
const cache = join(root, '.cache', 'bench');

/** What both builds of a workload are compiled with: integer instructions of
 * an i686 only, and loops stay loops instead of calls to memset and memcpy. */
const FLAGS = [
  '-m32', '-march=i686', '-O2', '-std=gnu11', '-Wall', '-Wextra', '-Werror',
  '-ffreestanding', '-fno-pic', '-fno-stack-protector', '-mno-sse', '-mno-mmx',
  '-mno-80387', '-fcf-protection=none', '-fno-asynchronous-unwind-tables',
  '-fno-tree-loop-distribute-patterns',
];
const HOST_FLAGS = ['-m32', '-O2', '-std=gnu11', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror', '-fno-pic'];
const COLD_SEED = 1;

export class BuildFailed extends Error {}

/** The two programs of a workload. */
export interface Built {
  /** A multiboot kernel. */
  readonly image: string;
  /** A program for Linux. */
  readonly program: string;
}

/** Why workloads can't be built here, or undefined where they can. */
export function whyNotGcc(): string | undefined {
  const run = spawnSync('gcc', ['-m32', '-xc', '-', '-o', '/dev/null'], { input: 'int main(void){return 0;}' });
  if (run.error) return 'gcc is not installed (Debian: apt-get install gcc gcc-multilib)';
  if (run.status !== 0) return 'gcc -m32 does not link (Debian: apt-get install gcc-multilib)';
  return undefined;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)).sort();
}

/** Everything that what is built depends on. */
function hashOf(job: Job, header: string): string {
  const hash = createHash('sha256');
  const gcc = execFileSync('gcc', ['--version'], { encoding: 'utf8' });
  for (const text of [gcc, ...FLAGS, ...HOST_FLAGS, JSON.stringify(SOURCES[job.name]), header]) {
    hash.update(`${text}\0`);
  }
  for (const file of filesIn(guest)) hash.update(basename(file)).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function gcc(words: readonly string[]): void {
  const run = spawnSync('gcc', words, { encoding: 'utf8' });
  if (run.error) throw new BuildFailed(`gcc: ${run.error.message}`);
  if (run.status !== 0) throw new BuildFailed(`gcc ${words.join(' ')}\n${run.stderr}`);
}

/** Compiles sources; returns the objects. */
function compile(folder: string, sources: readonly string[], flags: readonly string[]): string[] {
  return sources.map((source) => {
    const object = join(folder, `${basename(source).replace(/\..*/, '')}.o`);
    gcc([...flags, '-c', join(guest, source), '-o', object]);
    return object;
  });
}

function buildInto(folder: string, name: Name): void {
  const sources = SOURCES[name];
  const [both, bare, linux] = ['both', 'bare', 'linux'].map((part) => {
    mkdirSync(join(folder, part));
    return join(folder, part);
  }) as [string, string, string];
  const include = `-I${folder}`;
  const same = compile(both, sources.both, [...FLAGS, include]);
  const kernel = compile(bare, ['start.S', 'guest.c', ...sources.guest], [...FLAGS, '-DGUEST']);
  const program = compile(linux, ['host.c', ...sources.host], HOST_FLAGS);
  gcc(['-m32', '-nostdlib', '-static', '-no-pie', `-Wl,-T,${join(guest, 'guest.ld')}`,
    '-Wl,--build-id=none,-z,max-page-size=4096,--no-warn-rwx-segments',
    ...kernel, ...same, '-lgcc', '-o', join(folder, 'image.elf')]);
  gcc(['-m32', '-no-pie', ...program, ...same, '-o', join(folder, 'program')]);
}

/** Builds a workload, or finds it where it was built before; throws
 * BuildFailed with what the compiler said. */
export function build(job: Job): Built {
  const header = job.name === 'cold' ? coldHeader(job.functions, COLD_SEED) : '';
  const folder = join(cache, `${job.name}-${hashOf(job, header)}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    try {
      if (header) writeFileSync(join(unfinished, 'cold.h'), header);
      buildInto(unfinished, job.name);
      if (!existsSync(folder)) renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return { image: join(folder, 'image.elf'), program: join(folder, 'program') };
}
