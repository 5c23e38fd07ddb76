import { parseArgs } from 'node:util';
import { decode } from './decode.ts';
import { disassemble } from './disassemble.ts';
import type { Insn, Mode } from './insn.ts';
import { table } from './opcodes.ts';

function textOf(insn: Insn, at: number): string {
  return disassemble(insn, at);
}

function read(code: readonly number[], from: number, mode: Mode) {
  for (let at = from; at < code.length;) {
    const insn = decode(i => code[at + i] ?? 0, mode);
    const bytes = code.slice(at, at + insn.length)
      .map(b => b.toString(16).padStart(2, '0')).join(' ');
    console.log(`${at.toString(16).padStart(4)}  ${bytes.padEnd(21)} `
      + textOf(insn, at));
    at += insn.length;
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: 'string', default: '0' },
    mode: { type: 'string', default: '32' },
  },
});
if (positionals.length > 0) {
  const code = positionals.map(b => parseInt(b, 16));
  read(code, Number(values.from), Number(values.mode) as Mode);
} else {
  console.log(`rows: ${table.length}`);
  for (const f of new Set(table.map(r => r.feature))) {
    console.log(`${f}: ${table.filter(r => r.feature === f).length}`);
  }
}
