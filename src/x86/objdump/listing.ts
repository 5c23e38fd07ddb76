import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Mode } from '../insn.ts';

/** One instruction as objdump sees it. */
export interface Line {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

function parse(line: string): Line | undefined {
  const [at, bytes, text] = line.split('\t');
  if (bytes === undefined || text === undefined) return undefined;
  const length = (bytes.trimEnd().length + 1) / 3;
  return { at: parseInt(at ?? '', 16), length, text: text.trim() };
}

/** Is GNU objdump installed here, and does it know x86? */
export function hasObjdump(): boolean {
  try {
    const out = execFileSync('objdump', ['--info'],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return out.includes('i386');
  } catch {
    return false;
  }
}

async function* linesOf(
  file: string, mode: Mode,
): AsyncGenerator<string> {
  const machine = mode === 16 ? 'i8086' : 'i386';
  const child = spawn('objdump', ['-D', '-z', '-b', 'binary',
    '-m', machine, '-M', 'intel', '--insn-width=16', file],
  { stdio: ['ignore', 'pipe', 'inherit'] });
  let rest = '';
  for await (const chunk of child.stdout.setEncoding('latin1')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** Disassembles raw code with objdump; every `step`-th address only. */
export async function* objdump(
  code: Uint8Array, mode: Mode, step = 1,
): AsyncGenerator<Line> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'objdump-'));
  try {
    const file = path.join(dir, 'code.bin');
    fs.writeFileSync(file, code);
    for await (const text of linesOf(file, mode)) {
      if (step > 1 && parseInt(text, 16) % step !== 0) continue;
      const line = parse(text);
      if (line) yield line;
    }
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
}
