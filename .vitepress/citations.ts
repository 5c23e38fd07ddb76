// What comments in the program cite of Xen: sentences that begin with
// "Xen:", with names of files and of functions, types and macros.
import { declarations } from '../src/lit/symbols.ts';
import { type Line, type Snapshot, visible } from '../src/lit/model.ts';

export interface Citation {
  /** The name of ours whose comment it is; empty for a file's. */
  readonly name: string;
  readonly line: Line;
}

export interface Citations {
  readonly names: ReadonlyMap<string, Citation[]>;
  readonly files: ReadonlyMap<string, Citation[]>;
}

/** All citations of a program, tests aside. */
export function citations(program: Snapshot): Citations {
  const names = new Map<string, Citation[]>();
  const files = new Map<string, Citation[]>();
  for (const [path, all] of program) {
    if (!path.endsWith('.ts') || path.endsWith('.test.ts')) continue;
    const lines = visible(all);
    if (!lines.some((l) => l.text.includes('Xen:'))) continue;
    for (const { text, at } of comments(lines)) {
      const line = lines[at];
      if (!line) continue;
      const cited = citedIn(text);
      const name = declaredAt(path, lines, at);
      for (const f of cited.files) files.set(f, [...(files.get(f) ?? []), { name, line }]);
      for (const n of cited.names) names.set(n, [...(names.get(n) ?? []), { name, line }]);
    }
  }
  return { names, files };
}

/** Comments, without their stars, and the line that each begins on. */
function comments(lines: readonly Line[]): { text: string; at: number }[] {
  const found: { text: string; at: number }[] = [];
  let open: { text: string; at: number } | undefined;
  lines.forEach(({ text }, at) => {
    const start = /^\s*\/\*\*?(.*)$/.exec(text)?.[1];
    if (!open && start !== undefined) open = { text: '', at };
    const line = /^\s*\/\/ ?(.*)$/.exec(text)?.[1];
    if (!open && line !== undefined) found.push({ text: line, at });
    if (!open) return;
    open.text += ` ${(start ?? text).replace(/^\s*\* ?/, '').replace(/\*\/.*$/, '')}`;
    if (text.includes('*/')) {
      found.push(open);
      open = undefined;
    }
  });
  return found;
}

/** The files and names in the sentences that cite. */
export function citedIn(comment: string): { files: string[]; names: string[] } {
  const sentences = [...comment.matchAll(/Xen: (.*?)(?:\.(?=\s|$)|$)/g)].map((m) => m[1] ?? '');
  const files: string[] = [];
  const names: string[] = [];
  for (const sentence of sentences) {
    files.push(...sentence.match(/[\w./-]+\.[chS]\b/g) ?? []);
    const rest = sentence.replace(/[\w./-]+\.[chS]\b/g, ' ');
    const words = rest.match(/[A-Za-z_]\w*\*?/g) ?? [];
    // A word like `_complete` after another shortens it; a name has a low
    // line or capitals.
    names.push(...words.filter((w, i) => (/\w_\w/.test(w) || /^[A-Z][A-Z\d]{3,}$/.test(w))
      && !(i > 0 && /^_[a-z]/.test(w))));
  }
  return { files, names };
}

/** The outermost declaration whose comment or body has a line. */
function declaredAt(path: string, lines: readonly Line[], at: number): string {
  return declarations(path, lines)
    .filter((d) => d.start <= at && at < d.end)
    .reduce((best, d) => (best === '' || d.name.length < best.length ? d.name : best), '');
}
