import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Case, Machine, Site } from './cases.ts';
import type { Outcome } from './ours.ts';
import { WINDOW } from './window.ts';

const MACHINE = 10 * 4 + WINDOW;
const TEST = 20 + MACHINE;
const RESULT = 8 + MACHINE;

/** Compiles the harness; nothing where that cannot be done, or where
 * the kernel runs no 32-bit programs. */
export function compileHarness(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  if (process.arch !== 'x64' && process.arch !== 'ia32') return;
  const url = new URL('harness.c', import.meta.url);
  const to = join(mkdtempSync(join(tmpdir(), 'rf-')), 'harness');
  try {
    const args = ['-m32', '-O1', '-o', to, fileURLToPath(url)];
    execFileSync('gcc', args, { stdio: 'ignore' });
    execFileSync(to, { stdio: 'ignore' });
    return to;
  } catch {
    return undefined;
  }
}

/** Runs cases on the host's processor; nothing if the window
 * cannot be mapped where it should be. */
export function runHost(
  harness: string, site: Site, cases: readonly Case[],
): Outcome[] | undefined {
  const input = new DataView(new ArrayBuffer(4 + cases.length * TEST));
  input.setUint32(0, cases.length, true);
  cases.forEach((test, n) => writeCase(input, 4 + n * TEST, test));
  const page = site.eip - site.eip % 4096;
  const args = [site.window, page].map((at) => at.toString(16));
  if (site.segments) args.push('16');
  const { stdout, status, signal } = spawnSync(harness, args, {
    input: new Uint8Array(input.buffer), maxBuffer: 2 ** 30,
  });
  if (status === 3) return undefined;
  if (status !== 0) throw new Error(`harness: ${status ?? signal}`);
  const output = new DataView(
    stdout.buffer, stdout.byteOffset, stdout.byteLength);
  return cases.map((_, n) => readResult(output, n * RESULT));
}

function writeCase(view: DataView, at: number, test: Case): void {
  const { code, insn, narrow, before } = test;
  code.forEach((byte, n) => view.setUint8(at + n, byte));
  const modes = (insn.mode === 16 ? 1 : 0) | (narrow ? 2 : 0);
  const words = [modes, ...before.regs, before.eflags, before.eip];
  words.forEach((word, n) =>
    view.setUint32(at + 16 + 4 * n, word, true));
  before.memory.forEach((byte, n) =>
    view.setUint8(at + 60 + n, byte));
}

function readResult(view: DataView, at: number): Outcome {
  const word = (n: number): number =>
    view.getUint32(at + 8 + 4 * n, true);
  const after: Machine = {
    regs: Uint32Array.from({ length: 8 }, (_, n) => word(n)),
    eflags: word(8), eip: word(9),
    memory: Uint8Array.from({ length: WINDOW }, (_, n) =>
      view.getUint8(at + 48 + n)),
  };
  return { trap: view.getUint32(at, true), after };
}
