import { readFileSync } from 'node:fs';
import { load, trace } from './bare.ts';
import { explain } from './explain.ts';

const [file = ''] = process.argv.slice(2);
const cpu = load(readFileSync(file, 'utf8'));
const counts = new Map<string, number>();
const count = (what: string): void => {
  counts.set(what, (counts.get(what) ?? 0) + 1);
};

function kindOf(line: string): string {
  if (/\bload\d/.test(line)) return 'loads';
  if (/\bstore\d/.test(line)) return 'stores';
  if (/= i(32|64)\./.test(line)) return 'operations';
  if (/^ *t\d+ = /.test(line)) return 'fields read';
  return / = /.test(line) ? 'fields set' : 'other';
}

for (const insn of trace(cpu)) {
  for (const line of explain(insn)) count(kindOf(line));
}
for (const [what, n] of counts) {
  const each = (n / cpu.retired).toFixed(2);
  console.log(`${what.padEnd(12)} ${String(n).padStart(5)}  ${each}`);
}
