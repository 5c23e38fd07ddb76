// The adapters in tools/classroom, run as the schools' engines run them.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { CLASSROOM, GRADESCOPE, misfits } from '../src/lit/grade/formats.kit.ts';

const root = join(import.meta.dirname, '..');
const adapters = join(root, 'tools', 'classroom');
let autograder: string;

beforeAll(() => {
  autograder = mkdtempSync(join(tmpdir(), 'autograder-'));
  for (const name of ['source/tests/prologue', 'results', 'submission']) {
    mkdirSync(join(autograder, name), { recursive: true });
  }
  copyFileSync(join(adapters, 'gradescope', 'run_autograder'), join(autograder, 'run_autograder'));
  writeFileSync(join(autograder, 'source', 'exercises.txt'), 'prologue/field\n\nprologue/sign-extend\n');
  const hidden = readFileSync(join(root, 'exercises/prologue/field.test.ts'), 'utf8');
  writeFileSync(join(autograder, 'source/tests/prologue/field.test.ts'), hidden);
});
afterAll(() => rmSync(autograder, { recursive: true, force: true }));

function run(script: string, env: Record<string, string> = {}): string {
  const { status, stderr, stdout } = spawnSync('bash', [script], {
    cwd: autograder, encoding: 'utf8',
    env: { ...process.env, AUTOGRADER: autograder, BOOK: root, ...env },
  });
  expect(`${status} ${stderr}`).toBe('0 ');
  return stdout;
}

interface Results {
  score: number;
  output: string;
  tests: { visibility: string; status: string; max_score: number }[];
}

function results(): Results {
  const value = JSON.parse(readFileSync(join(autograder, 'results/results.json'), 'utf8')) as Results;
  expect(misfits(value, GRADESCOPE)).toEqual([]);
  return value;
}

test('setup makes the exercises ready', () => {
  const setup = join(adapters, 'gradescope', 'setup.sh');
  const { status, stderr } = spawnSync('bash', [setup], {
    cwd: autograder, encoding: 'utf8',
    env: { ...process.env, AUTOGRADER: autograder, BOOK: root },
  });
  expect(status).toBe(0);
  expect(stderr).toContain('ready: prologue/field');
});

test('a submission that cannot be read gets a reason', () => {
  run('run_autograder');
  const { score, output } = results();
  expect(score).toBe(0);
  expect(output).toContain('my/decoding/special/special.ts');
});

test('one right answer and one loop', () => {
  const my = join(autograder, 'submission', 'my', 'prologue');
  mkdirSync(join(my, 'field'), { recursive: true });
  mkdirSync(join(my, 'sign-extend'), { recursive: true });
  copyFileSync(join(root, 'solutions/prologue/field.ts'), join(my, 'field', 'field.ts'));
  writeFileSync(join(my, 'sign-extend', 'sign-extend.ts'), 'while (true);');
  run('run_autograder');
  const { score, tests, output } = results();
  expect(score).toBe(10);
  expect(output).toContain('endless loop');
  expect(tests.some((t) => t.visibility === 'hidden' && t.status === 'passed')).toBe(true);
  const most = tests.reduce((sum, t) => sum + t.max_score, 0);
  expect(most).toBeCloseTo(20, 9);
});

test('the workflow’s own script, as GitHub runs it', () => {
  const { jobs } = parse(readFileSync(join(adapters, 'github', 'classroom.yml'), 'utf8')) as {
    jobs: Record<string, { steps: { id?: string; run?: string; env?: Record<string, string> }[] }>;
  };
  const { steps } = jobs['run-autograding-tests']!;
  const step = steps.find((s) => s.id === 'ringfence');
  expect(steps.at(-1)?.env).toEqual({ RINGFENCE_RESULTS: '${{ steps.ringfence.outputs.result }}' });
  // The script runs in the book's folder, beside the submission's.
  const place = mkdtempSync(join(root, '.lit', 'classroom-'));
  try {
    cpSync(join(autograder, 'submission'), join(place, 'submission'), { recursive: true });
    const out = join(place, 'output');
    const script = step!.run!.replaceAll('../submission', join(place, 'submission'))
      .replaceAll('result.txt', join(place, 'result.txt'));
    const { status } = spawnSync('bash', ['-e', '-c', script], {
      cwd: root, encoding: 'utf8',
      env: { ...process.env, EXERCISES: 'prologue', GITHUB_OUTPUT: out },
    });
    expect(status).toBe(0);
    const [, text = ''] = /^result=(.*)\n$/.exec(readFileSync(out, 'utf8')) ?? [];
    const result = JSON.parse(Buffer.from(text, 'base64').toString()) as { tests: { status: string }[] };
    expect(misfits(result, CLASSROOM)).toEqual([]);
    expect(result.tests.map((t) => t.status)).toEqual(['pass', 'error']);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  expect(existsSync(join(root, 'result.txt'))).toBe(false);
});
