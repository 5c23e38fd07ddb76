// Runs the unchanged vitest files of an exercise: vitest's own runner and
// matchers, over the book's program at the end of the chapter. It is also the
// cell in which the benches of the book's tools run what they try.
import {
  chai, GLOBAL_EXPECT, JestAsymmetricMatchers, JestChaiExpect, JestExtend,
  ASYMMETRIC_MATCHERS_OBJECT, customMatchers, getState, setState,
} from '@vitest/expect';
import * as spy from '@vitest/spy';
import * as vitest from '@vitest/runner';
import type { File, Task, Test, VitestRunner } from '@vitest/runner';
import { Modules } from '../../../tools/modules';
import { compileAnswer } from './answer';
import type { RunReport, RunRequest } from './protocol';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

let report = (message: RunReport): void => postMessage(message);

/** `expect` as vitest assembles it, without its snapshots and polls. */
function makeExpect(): Chai.ExpectStatic {
  const expect = ((value: unknown, message?: string) => {
    const state = getState(expect as never);
    setState({ assertionCalls: state.assertionCalls + 1 }, expect as never);
    return chai.expect(value, message);
  }) as Chai.ExpectStatic;
  Object.assign(expect, chai.expect,
    (globalThis as Record<symbol, object>)[ASYMMETRIC_MATCHERS_OBJECT]);
  Object.assign(expect, { extend: (matchers: object) =>
    (chai.expect as unknown as { extend(e: unknown, m: object): void })
      .extend(expect, matchers) });
  (globalThis as Record<symbol, unknown>)[GLOBAL_EXPECT] = expect;
  setState({
    assertionCalls: 0, isExpectingAssertions: false,
    isExpectingAssertionsError: null, expectedAssertionsNumber: null,
    expectedAssertionsNumberErrorGen: null,
  }, expect as never);
  (expect as unknown as { extend(m: object): void }).extend(customMatchers);
  return expect;
}

type Libraries = Record<string, unknown>;

/** A Node whose disk has the program's files and nothing else. */
async function nodeOver(files: RunRequest['files']): Promise<Libraries> {
  const { smallNode } = await import('../../../tools/toollab/small-node');
  const nobody = { start: () => { throw new Error('no processes here'); } };
  const { disk, libraries } = smallNode(nobody, (_, text) => text);
  for (const [path, text] of Object.entries(files)) disk.files.set(path, text);
  return libraries;
}

async function librariesFor(
  files: RunRequest['files'], more: Libraries,
): Promise<Libraries> {
  const wants = (name: string): boolean =>
    Object.values(files).some((text) => text.includes(`"${name}"`));
  const checks = wants('fast-check') ? { 'fast-check': await import('fast-check') } : {};
  const { tools } = ['diff', 'yaml', 'markdown-it'].some(wants)
    ? await import('./tools') : { tools: {} };
  const node = Object.values(files).some((text) => text.includes('"node:'))
    ? await nodeOver(files) : {};
  const { test, describe, it, suite, beforeAll, beforeEach, afterAll, afterEach } = vitest;
  const api = {
    test, describe, it, suite, beforeAll, beforeEach, afterAll, afterEach,
    expect: makeExpect(), vi: spy,
  };
  return { ...node, ...checks, ...tools, ...more, vitest: api };
}

function nameOf(task: Task): string {
  return task.suite && task.suite !== task.file && task.suite.name
    ? `${nameOf(task.suite)} › ${task.name}` : task.name;
}

const config = {
  root: '/', setupFiles: [], name: undefined, passWithNoTests: false,
  testNamePattern: undefined, allowOnly: true,
  sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
  chaiConfig: undefined, maxConcurrency: 1, testTimeout: 60_000,
  hookTimeout: 60_000, retry: 0, includeTaskLocation: false, tags: [],
  tagsFilter: undefined, strictTags: false,
} as unknown as VitestRunner['config'];

function makeRunner(modules: Modules): VitestRunner {
  return {
    config,
    pool: 'worker',
    importFile: (path: string) => modules.load(path),
    onBeforeRunTask: (test: Test) => report({
      kind: 'start', name: nameOf(test), file: test.file.filepath,
    }),
    onAfterRunTask: (test: Test) => report({
      kind: 'test', name: nameOf(test), file: test.file.filepath,
      passed: test.result?.state === 'pass',
      message: test.result?.errors?.[0]?.message ?? '',
      stack: test.result?.errors?.[0]?.stack ?? '',
    }),
  } as unknown as VitestRunner;
}

function allTests(task: Task): Test[] {
  return task.type === 'suite' ? task.tasks.flatMap(allTests) : [task];
}

function collectionErrors(files: File[]): string[] {
  return files.flatMap((f) => f.result?.errors ?? []).map((e) => e.message);
}

async function load(
  { files, answer }: RunRequest, more: Libraries,
): Promise<Modules> {
  const compiled = answer === undefined ? files : {
    ...files, [answer]: compileAnswer(answer, files[answer] ?? ''),
  };
  return new Modules(compiled, { libraries: await librariesFor(files, more) });
}

/** A file is loaded when its turn comes, as the grader does it: what it tunes
 * for itself while it is loaded holds for its own tests. An answer that fails
 * the exercise's own would fail many others, for the same reason. */
async function runTests(
  { tests, own = [] }: RunRequest, modules: Modules,
): Promise<void> {
  const done: File[] = [];
  for (const wanted of tests) {
    const failed = done.some(({ filepath, result }) =>
      own.includes(filepath) && result?.state === 'fail');
    if (failed && !own.includes(wanted)) break;
    done.push(...await vitest.startTests([wanted], makeRunner(modules)));
  }
  const [error] = collectionErrors(done);
  if (error !== undefined) return report({ kind: 'error', message: error });
  const states = done.flatMap(allTests).map((t) => t.result?.state);
  const passed = states.filter((s) => s === 'pass').length;
  report({ kind: 'done', passed, failed: states.length - passed });
}

/** A line of the channel: an answer that takes these functions' names for its
 * own takes them from others. */
function makeSay(nonce: string): (message: object) => void {
  const post = postMessage;
  const { stringify } = JSON;
  return (message) => post(`${nonce} ${stringify(message)}`);
}

/** As the book's src/lit/grade/inside.ts does it, without Node's walls. */
async function runCell(
  request: RunRequest, more: Libraries, nonce: string,
): Promise<void> {
  const say = makeSay(nonce);
  report = say;
  const modules = await load(request, more);
  for (const wanted of request.tests) {
    const [file] = await vitest.startTests([wanted], makeRunner(modules));
    const [error] = file?.result?.errors ?? [];
    if (error) say({ kind: 'error', file: wanted, message: error.message });
    say({ kind: 'file', file: wanted });
    if (file?.result?.state !== 'pass' && request.own?.includes(wanted)) break;
  }
  say({ kind: 'done' });
}

async function runScript(modules: Modules, script: string): Promise<void> {
  console.log = (...words: unknown[]) =>
    report({ kind: 'print', text: words.map(String).join(' ') });
  modules.load(script);
  report({ kind: 'done', passed: 0, failed: 0 });
}

async function run(request: RunRequest, more: Libraries): Promise<void> {
  const { nonce, script } = request;
  if (nonce !== undefined) return runCell(request, more, nonce);
  const modules = await load(request, more);
  return script === undefined ? runTests(request, modules) : runScript(modules, script);
}

/** Runs what a message asks for, and tells the page.
 * @param more libraries that are too large for every worker */
export function receive(request: RunRequest, more: Libraries = {}): void {
  run(request, more).catch((error: unknown) => {
    report({ kind: 'error', message: error instanceof Error ? error.message : String(error) });
  });
}
