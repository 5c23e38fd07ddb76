import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { printProblem } from '../model.ts';
import { tangle } from '../tangle.ts';
import { fence } from '../try.ts';
import { check, type Report, type Stage } from './check.ts';

/** A project in a folder of its own, inside ours so that it finds
 * vitest, and gone after each test. */
let root = '';
beforeEach(() => {
  mkdirSync(join(process.cwd(), '.lit'), { recursive: true });
  root = mkdtempSync(join(process.cwd(), '.lit', 'try-'));
  write('tsconfig.json', JSON.stringify({ compilerOptions: {
    strict: true, module: 'ESNext', moduleResolution: 'Bundler',
    target: 'ES2022', allowImportingTsExtensions: true, noEmit: true,
    skipLibCheck: true, types: [],
  } }));
  write('package.json', JSON.stringify({
    type: 'module', scripts: { say: 'tsx src/say.ts' },
  }));
  write('chapters/contents.yaml',
    'parts:\n  - title: P\n    chapters: [one, two]\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const half = fence('ts new=src/half.ts',
  'export function half(x: number): number {', '  return x / 2;', '}');
const halfTest = fence('ts test=src/half.test.ts',
  "import { expect, test } from 'vitest';",
  "import { half } from './half.ts';",
  "test('half', () => {", '  expect(half(4)).toBe(2);', '});');

async function run(
  ...stages: Stage[]
): Promise<Report & { all: string }> {
  tangle(root, true);
  const wanted = { slugs: [], stages, update: false };
  const report = await check(root, wanted, () => undefined);
  const all = report.problems.map(printProblem).join('\n');
  return { ...report, all };
}

describe('check', () => {
  test('says the chapter’s line of a type error', async () => {
    write('chapters/one.md', half + halfTest);
    write('chapters/two.md', fence('ts edit=src/half.ts#half',
      'return x / 2; // [!code --]',
      "return 'x' + x; // [!code ++]"));
    const { all } = await run('types');
    expect(all).toMatch(/^chapters\/two\.md:6:1: TS2322: .*string/);
  });

  test('says the chapter’s line of a failed test', async () => {
    write('chapters/one.md', half + halfTest);
    write('chapters/two.md', fence('ts edit=src/half.ts#half',
      'return x / 2; // [!code --]', 'return x / 3; // [!code ++]'));
    const first = await run('tests');
    expect(first.all)
      .toMatch(/^chapters\/one\.md:16:19: half: expected 1\.33/);
    expect([first.passed, first.failed]).toEqual([1, 1]);
    write('chapters/two.md', '# Two\n');
    const second = await run('tests');
    expect([second.passed, second.failed]).toEqual([1, 0]);
  });

  test('compares what runs print', async () => {
    write('chapters/one.md', half + fence('ts new=src/say.ts',
      "console.log('retired instructions: 26112');")
      + fence('console run=say', '$ npm run -s say',
        'retired instructions: 26113')
      + 'It is 26,113<!--run=say key="retired instructions"-->.\n');
    write('chapters/two.md', '# Two\n');
    const { all, failed } = await run('runs');
    expect(all).toContain('one.md:20:1: run=say does not print');
    expect(all).toContain('chapters/one.md:22:1: 26,113 is not what');
    expect(failed).toBe(2);
  });

  test('wrong solutions must fail, right ones pass', async () => {
    write('chapters/one.md', half + halfTest
      + fence('ts exercise=one/third',
        'export function third(x: number) {',
        "  throw new Error('yours');", '}')
      + fence('ts exercise-test=one/third',
        "import { expect, test } from 'vitest';",
        "import { half } from '#book/half.ts';",
        "import { third } from './third.ts';",
        "test('third', () => {", '  expect(third(half(6))).toBe(1);',
        '});'));
    write('chapters/one.solutions.md',
      fence('ts solution=one/third',
        'export const third = (x: number): number => x / 3;')
      + fence('ts wrong=one/third name="always one"',
        'export const third = (x: number): number => 1;'));
    write('chapters/two.md', '# Two\n');
    const { all } = await run('exercises');
    expect(all).toContain('one/third let "always one" pass');
    expect(all).not.toContain('the solution of');
    expect(all).not.toContain('let "stub" pass');
  });
}, 60_000);
