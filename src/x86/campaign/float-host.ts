import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CODE_AT, type FloatCase, type FloatMachine, IMAGE, WINDOW, WINDOW_AT,
} from './float-cases.ts';

const MACHINE = 36 + WINDOW + IMAGE;
const TEST = 20 + MACHINE;
const RESULT = 4 + MACHINE;

/** How a case ended: `trap` is a vector, or 1 for none. */
export interface FloatOutcome {
  readonly trap: number;
  readonly after: FloatMachine;
}

/** Compiles the harness; nothing where that cannot be done. */
export function compileFloatHarness(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return;
  const source = fileURLToPath(new URL('float.c', import.meta.url));
  const to = join(mkdtempSync(join(tmpdir(), 'rf-')), 'float');
  const args = ['-O1', '-fno-pie', '-no-pie', '-mno-sse',
    '-fcf-protection=none', '-o', to, source];
  try {
    execFileSync('gcc', args, { stdio: 'ignore' });
    return to;
  } catch {
    return undefined;
  }
}

/** Runs cases on the host's processor. */
export function runFloatHost(
  harness: string, cases: readonly FloatCase[],
): FloatOutcome[] {
  const input = new DataView(new ArrayBuffer(cases.length * TEST));
  cases.forEach((test, n) => writeCase(input, n * TEST, test));
  const args = [WINDOW_AT, CODE_AT].map((at) => at.toString(16));
  const { stdout, status, signal } = spawnSync(harness, args, {
    input: new Uint8Array(input.buffer), maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`harness: ${status ?? signal}`);
  const output = new DataView(
    stdout.buffer, stdout.byteOffset, stdout.byteLength);
  return cases.map((_, n) => readResult(output, n * RESULT));
}

function writeCase(view: DataView, at: number, test: FloatCase): void {
  const { code, insn, before } = test;
  const bytes = new Uint8Array(view.buffer);
  bytes.set(code, at);
  view.setUint32(at + 16, insn.length, true);
  [...before.regs, before.eflags].forEach((word, n) =>
    view.setUint32(at + 20 + 4 * n, word, true));
  bytes.set(before.memory, at + 56);
  bytes.set(before.image, at + 56 + WINDOW);
}

function readResult(view: DataView, at: number): FloatOutcome {
  const word = (n: number): number =>
    view.getUint32(at + 4 + 4 * n, true);
  const bytes = (from: number, length: number): Uint8Array =>
    new Uint8Array(view.buffer, view.byteOffset + at + from, length)
      .slice();
  const after = {
    regs: Uint32Array.from({ length: 8 }, (_, n) => word(n)),
    eflags: word(8), memory: bytes(40, WINDOW),
    image: bytes(40 + WINDOW, IMAGE),
  };
  return { trap: word(-1), after };
}
