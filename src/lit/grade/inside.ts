import { readFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { types } from 'node:util';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import {
  chai, customMatchers, JestAsymmetricMatchers, JestChaiExpect,
  JestExtend, ASYMMETRIC_MATCHERS_OBJECT, getState, setState,
} from '@vitest/expect';
import * as vitest from '@vitest/runner';
import type { Task, Test, VitestRunner } from '@vitest/runner';
import type { FromCell, ToCell } from './cell.ts';

/** Read before anything else: nobody after us can read it again. */
const order = JSON.parse(readFileSync(0, 'utf8')) as ToCell;
const { room, store, modules, answer, tests, packages, seed } = order;

/** Says something to the grader, under the nonce that only we know. */
function makeSay(nonce: string): (message: FromCell) => void {
  const write = writeSync;
  const { stringify } = JSON;
  return (message) => {
    write(3, `${nonce} ${stringify(message)}\n`);
  };
}
const say = makeSay(order.nonce);
(order as { nonce: string }).nonce = '';

type Exports = Record<string, unknown>;
const loaded = new Map<string, { exports: Exports }>();
const libraries = new Map<string, unknown>();
const nodeRequire = createRequire(join(room, 'x.js'));

/** A module of the room; the answer's text comes with the order. */
function load(path: string): Exports {
  const known = loaded.get(path);
  if (known) return known.exports;
  const module = { exports: {} as Exports };
  loaded.set(path, module);
  const ours = path !== answer.path;
  const name = modules[path];
  if (ours && name === undefined) throw new Error(`no file ${path}`);
  const text = name === undefined ? answer.text
    : readFileSync(join(store, name), 'utf8');
  const body = compileFunction(text,
    ['require', 'exports', 'module', 'process', 'meta'],
    { filename: path });
  const find = (name: string): unknown => resolve(path, name, ours);
  body(find, module.exports, module,
    ours ? process : globalThis.process, metaOf(path));
  return module.exports;
}

/** What an import means. Only the book's own files may have Node. */
function resolve(from: string, name: string, ours: boolean): unknown {
  if (name.startsWith('#book/')) return load(`src/${name.slice(6)}`);
  if (name.startsWith('.')) {
    return load(posix.join(posix.dirname(from), name));
  }
  const library = libraries.get(name);
  const allowed = ours || packages.includes(name);
  if (library !== undefined && allowed && (ours || name !== 'vitest')) {
    return library;
  }
  if (ours) return nodeRequire(name) as unknown;
  throw new Error(`an answer may not import ${name}`);
}

/** What an answer finds in the place of `process`. */
const little = {
  env: {}, argv: [],
  platform: process.platform, version: process.version,
  versions: { node: process.versions.node },
  cwd: () => '/', nextTick: queueMicrotask,
  exit: () => { throw new Error('an answer may not end the process'); },
};

/** Fixes what names mean. `--frozen-intrinsics` has frozen the objects
 * that Node brings, but not the names by which they are called. */
function fix(object: object): void {
  for (const key of Reflect.ownKeys(object)) {
    const found = Object.getOwnPropertyDescriptor(object, key);
    if (!found?.configurable || key === '__flags') continue;
    const fixed = 'value' in found ? { writable: false } : {};
    Object.defineProperty(object, key, {
      configurable: false, ...fixed,
    });
  }
}

/** Refuses a value that brings its own idea of equality: a matcher of
 * vitest's kind, or a proxy that could turn into one. */
function mustBePlain(value: unknown, seen = new Set<unknown>()): void {
  if (typeof value !== 'object' || value === null) return;
  if (seen.has(value) || ArrayBuffer.isView(value)) return;
  seen.add(value);
  if (types.isProxy(value) || 'asymmetricMatch' in value) {
    throw new Error('the answer gives a value that matches anything');
  }
  if (value instanceof Map || value instanceof Set) {
    for (const item of value) mustBePlain(item, seen);
  }
  for (const key of Reflect.ownKeys(value)) {
    const found = Object.getOwnPropertyDescriptor(value, key);
    if (found && 'value' in found) mustBePlain(found.value, seen);
  }
}

const runner = {
  config: {
    root: room, setupFiles: [], passWithNoTests: false, allowOnly: true,
    sequence: {
      seed: seed ?? 1, hooks: 'stack', setupFiles: 'list',
      shuffle: seed !== undefined,
    },
    maxConcurrency: 1, testTimeout: 3_600_000, hookTimeout: 3_600_000,
    retry: 0, includeTaskLocation: false, tags: [], strictTags: false,
  },
  pool: 'forks',
  importFile: (path: string) => load(path),
  onBeforeRunTask: (test: Test) =>
    say({ kind: 'start', file: fileOf(test), name: nameOf(test) }),
  onAfterRunTask: (test: Test) => say({
    kind: 'test', file: fileOf(test), name: nameOf(test),
    passed: test.result?.state === 'pass',
    message: test.result?.errors?.[0]?.message ?? '',
  }),
} as unknown as VitestRunner;

/** Runs one file after the other, and the chapter's tests only where
 * the exercise's own have passed. */
async function run(): Promise<void> {
  for (const wanted of tests) {
    const [file] = await vitest.startTests([wanted], runner);
    const state = file?.result?.state;
    const [error] = file?.result?.errors ?? [];
    if (error) {
      const { message } = error;
      say({ kind: 'error', file: wanted, message });
    }
    say({ kind: 'file', file: wanted });
    if (state !== 'pass' && order.own.includes(wanted)) break;
  }
  say({ kind: 'done' });
}

/** Globals that reach other machines, or threads. */
const GONE = [
  'fetch', 'FormData', 'Headers', 'Request', 'Response', 'MessageEvent',
  'WebSocket', 'EventSource', 'CloseEvent', 'BroadcastChannel',
  'MessageChannel', 'MessagePort', 'navigator',
];

/** `import.meta` of a module, as its compiled text calls it. */
function metaOf(path: string): object {
  const filename = join(room, path);
  const url = pathToFileURL(filename).href;
  return { filename, dirname: dirname(filename), url };
}

function fileOf(test: Test): string {
  return test.file.filepath;
}

function nameOf(task: Task): string {
  return task.suite && task.suite !== task.file && task.suite.name
    ? `${nameOf(task.suite)} > ${task.name}` : task.name;
}

/** `expect` as vitest assembles it, without snapshots and polls. */
function makeExpect(): Chai.ExpectStatic {
  for (const plugin of [
    JestExtend, JestChaiExpect, JestAsymmetricMatchers,
  ]) chai.use(plugin);
  const expect = ((value: unknown, message?: string) => {
    mustBePlain(value);
    const state = getState(expect as never);
    const assertionCalls = state.assertionCalls + 1;
    setState({ assertionCalls }, expect as never);
    return chai.expect(value, message);
  }) as Chai.ExpectStatic;
  Object.assign(expect, chai.expect,
    (globalThis as Record<symbol, object>)[ASYMMETRIC_MATCHERS_OBJECT]);
  setState({
    assertionCalls: 0, isExpectingAssertions: false,
    isExpectingAssertionsError: null, expectedAssertionsNumber: null,
    expectedAssertionsNumberErrorGen: null,
  }, expect as never);
  const able = chai.expect as unknown as
    { extend(expect: unknown, matchers: object): void };
  able.extend(expect, customMatchers);
  return expect;
}

const all = globalThis as unknown as Record<string, unknown>;
all['Error'] = new Proxy(Error, {
  set: (_, key) => key === 'stackTraceLimit',
});
const {
  afterAll, afterEach, beforeAll, beforeEach, describe, it, suite, test,
} = vitest;
const expect = makeExpect();
libraries.set('vitest', {
  afterAll, afterEach, beforeAll, beforeEach, describe, expect, it,
  suite, test,
});
for (const name of packages) libraries.set(name, nodeRequire(name));
for (const object of [expect, chai.expect, chai.Assertion.prototype]) {
  fix(object);
}
for (const name of GONE) delete all[name];
all['process'] = little;
for (const name of Object.getOwnPropertyNames(all)) void all[name];
fix(all);
await run();
