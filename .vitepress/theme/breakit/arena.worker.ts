// Runs an attack on the book's hypervisor, whole or without some lines.
import { Modules } from '../../../tools/modules';
import { variantOf } from '../../../tools/breakit/variant';
import type { BreakReport, BreakRequest, Patch } from './protocol';

interface Verdict {
  rc: number | undefined;
  reached: string | undefined;
}
interface Entry {
  newScene(): unknown;
  attempt(scene: unknown, attack: unknown): Verdict;
  attacks: Record<string, { name: string }[]>;
}

const ENTRY = 'src/xen/attacks/all.ts';
let files: Record<string, string> = {};
let base: Modules;
let scene: unknown;

/** The changed files. Of two changes of one place the larger counts. */
function patched(patches: Patch[]): Record<string, string> {
  const changed: Record<string, string> = {};
  const inner = (p: Patch): boolean => patches.some((q) => q !== p && q.file === p.file
    && q.start <= p.start && q.end >= p.end);
  for (const p of patches.filter((q) => !inner(q)).sort((a, b) => b.start - a.start)) {
    const text = changed[p.file] ?? files[p.file]!;
    changed[p.file] = text.slice(0, p.start) + p.text + text.slice(p.end);
  }
  return changed;
}

function run({ files: program, attack, patches }: BreakRequest): BreakReport {
  if (program) {
    files = program;
    base = new Modules(files);
    scene = (base.load(ENTRY) as unknown as Entry).newScene();
  }
  const modules = variantOf(base, files, patched(patches));
  const entry = modules.load(ENTRY) as unknown as Entry;
  const found = Object.values(entry.attacks).flat().find((a) => a.name === attack);
  const { reached, rc } = entry.attempt(scene, found);
  return { kind: 'verdict', reached, result: rc };
}

addEventListener('message', (event: MessageEvent<BreakRequest>) => {
  let report: BreakReport;
  try {
    report = run(event.data);
  } catch (error) {
    report = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
  postMessage(report);
});
