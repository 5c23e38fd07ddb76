import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { alternatives } from './assemble.ts';
import { decode } from './decode.ts';
import { disassemble } from './disassemble.ts';
import { assembleProgram } from './program.ts';

const { values } = parseArgs({ options: {
  mode: { type: 'string', default: '32' },
  origin: { type: 'string', default: '0' },
  all: { type: 'string' },
} });
const mode = values.mode === '16' ? 16 : 32;
const spaced = (bytes: Uint8Array) =>
  Array.from(bytes, b => b.toString(16).padStart(2, '0')).join(' ');
const short = (bytes: Uint8Array) => bytes.length <= 15
  ? spaced(bytes) : `${spaced(bytes.subarray(0, 6))} …`;

function listing(source: string): void {
  const p = assembleProgram(source,
    { mode, origin: Number(values.origin) });
  for (const { address, length, mode: bits } of p.listing) {
    const at = address - p.origin;
    const bytes = p.bytes.subarray(at, at + length);
    const insn = decode(i => bytes[i] ?? 0, bits);
    const text = insn.length === length
      ? disassemble(insn, address) : '';
    console.log(`${address.toString(16).padStart(4)}  `
      + `${short(bytes).padEnd(21)} ${text}`.trimEnd());
  }
}

if (values.all === undefined) listing(fs.readFileSync(0, 'utf8'));
else for (const e of alternatives(values.all, 0, mode)) {
  console.log(spaced(e));
}
