import { readFileSync } from 'node:fs';
import { load, trace } from './bare.ts';
import { explain } from './explain.ts';

const [file = ''] = process.argv.slice(2);
const cpu = load(readFileSync(file, 'utf8'));
let [setting, flags, asked] = [0, 0, 0];
for (const insn of trace(cpu)) {
  const keeps = ['inc', 'dec'].includes(insn.mnemonic);
  const lines = explain(insn);
  const first = lines.findIndex((at) => /^ *(zr|sr|co) = /.test(at));
  if (first >= 0) setting++;
  if (first >= 0) flags += keeps ? 5 : 6;
  const before = first < 0 ? lines : lines.slice(0, first);
  const gets = before.filter((line) => / = (zr|sr|co)$/.test(line));
  if (!keeps) asked += gets.length;
}
console.log(`instructions: ${cpu.retired}`);
console.log(`setting flags: ${setting}, together ${flags} flags`);
console.log(`read one of the three words: ${asked} times`);
