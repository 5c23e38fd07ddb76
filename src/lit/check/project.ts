import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { printProblem } from '../model.ts';
import { tangle } from '../tangle.ts';
import { fence } from '../try.ts';
import { check, type Stage } from './check.ts';
import type { Report } from './report.ts';

/** A small project for the tests, in a folder inside ours, so that it
 * finds vitest. */
export class Project {
  readonly root: string;

  constructor() {
    mkdirSync(join(process.cwd(), '.lit'), { recursive: true });
    this.root = mkdtempSync(join(process.cwd(), '.lit', 'try-'));
    this.write('tsconfig.json', JSON.stringify({ compilerOptions: {
      strict: true, module: 'ESNext', moduleResolution: 'Bundler',
      target: 'ES2022', allowImportingTsExtensions: true,
      noEmit: true, skipLibCheck: true, types: [],
    } }));
    this.write('package.json', JSON.stringify({
      type: 'module', scripts: { say: 'tsx src/say.ts' },
    }));
    this.write('chapters/contents.yaml',
      'parts:\n  - title: P\n    chapters: [one, two]\n');
    this.write('chapters/two.md', '# Two\n');
  }

  write(path: string, text: string): void {
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  }

  /** Checks some stages; `all` is what was found, line by line. */
  async check(...stages: Stage[]): Promise<Report & { all: string }> {
    tangle(this.root, true);
    const wanted = { slugs: [], stages, update: false };
    const report = await check(this.root, wanted, () => undefined);
    const all = report.problems.map(printProblem).join('\n');
    return { ...report, all };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A chapter's worth: a function and its test. */
export const half = fence('ts new=src/half.ts',
  'export function half(x: number): number {', '  return x / 2;', '}');
export const halfTest = fence('ts test=src/half.test.ts',
  "import { expect, test } from 'vitest';",
  "import { half } from './half.ts';",
  "test('half', () => {", '  expect(half(4)).toBe(2);', '});');
