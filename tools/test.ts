// npm test: the book, its program, its exercises, its site. The last line
// is `N passed, N failed`; the exit code says the same.
import { spawn } from 'node:child_process';
import {
  existsSync, mkdirSync, readdirSync, readFileSync, rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { check, STAGES } from '../src/lit/check/check.ts';
import { BookError, printProblem } from '../src/lit/model.ts';
import { findChromium } from './chromium.ts';

interface Tally {
  readonly passed: number;
  readonly failed: number;
}

const root = process.cwd().replaceAll('\\', '/');
const require = createRequire(import.meta.url);

/** The script behind a package's command. */
function binary(name: string, command = name): string {
  const file = require.resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(file, 'utf8')) as {
    bin: string | Record<string, string>;
  };
  const path = typeof bin === 'string' ? bin : bin[command] ?? '';
  return join(dirname(file), path);
}

/** Runs a node script; its output goes where ours goes. */
function run(script: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root, stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** The book with everything that it claims. */
async function testBook(): Promise<Tally> {
  const wanted = { slugs: [], stages: STAGES, update: false };
  try {
    const report = await check(root, wanted, (text) => console.log(text));
    for (const p of report.problems) console.error(printProblem(p));
    return report;
  } catch (error) {
    if (!(error instanceof BookError)) throw error;
    console.error(error.message);
    return { passed: 0, failed: error.problems.length };
  }
}

/** The types of what stands in no chapter: tools and site. */
async function testTypes(): Promise<Tally> {
  const ours = await run(binary('typescript', 'tsc'), ['--noEmit', '-p', '.']);
  const site = existsSync('.vitepress/tsconfig.json')
    ? await run(binary('vue-tsc'), ['--noEmit', '-p', '.vitepress']) : 0;
  const failed = Number(ours !== 0) + Number(site !== 0);
  return { passed: 2 - failed, failed };
}

/** A set of vitest's own, outside the chapters. */
async function testWith(config: string): Promise<Tally> {
  const out = join(root, '.lit', 'vitest.json');
  mkdirSync(dirname(out), { recursive: true });
  rmSync(out, { force: true });
  const code = await run(binary('vitest'), [
    'run', '--config', config, '--reporter=default', '--reporter=json',
    `--outputFile=${out}`,
  ]);
  const { numPassedTests, numFailedTests } = JSON.parse(
    existsSync(out) ? readFileSync(out, 'utf8') : '{}') as {
      numPassedTests?: number; numFailedTests?: number;
    };
  const failed = numFailedTests ?? 0;
  const crashed = code !== 0 && failed === 0 ? 1 : 0;
  return { passed: numPassedTests ?? 0, failed: failed + crashed };
}

async function testSite(): Promise<Tally> {
  if (findChromium()) return testWith('.vitepress/test/vitest.config.ts');
  console.log('site tests skipped: no chromium on PATH');
  return { passed: 0, failed: 0 };
}

async function testTools(): Promise<Tally> {
  const any = readdirSync('tools').some((f) => f.endsWith('.test.ts'));
  return any ? testWith('tools/vitest.config.ts')
    : { passed: 0, failed: 0 };
}

const stages: readonly [string, () => Promise<Tally>][] = [
  ['the book', testBook],
  ['types of tools and site', testTypes],
  ['the tools', testTools],
  ['the site', testSite],
];

let [passed, failed] = [0, 0];
for (const [name, stage] of stages) {
  console.log(`== ${name}`);
  const start = performance.now();
  const tally = await stage();
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`== ${name}: ${tally.passed} passed, `
    + `${tally.failed} failed, ${seconds} s`);
  passed += tally.passed;
  failed += tally.failed;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
