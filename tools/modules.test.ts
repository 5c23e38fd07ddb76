// One loader for exercises in the page and for the hypervisor without some
// of its lines.
import { describe, expect, test } from 'vitest';
import { Modules, pathOf } from './modules.ts';

const files = {
  'src/a.ts': 'const b = require("./deep/b.ts"); exports.a = () => b.n;'
    + 'exports.got = require("lib").name;',
  'src/deep/b.ts': 'require("../a.ts"); exports.n = 1; exports.id = {};',
  'src/node.ts': 'require("node:fs");',
};
const libraries = { lib: { name: 'a library' } };

test('an import is a path', () => {
  expect(pathOf('src/deep/b.ts', '../a.ts')).toBe('src/a.ts');
  expect(pathOf('exercises/x/y.ts', '#book/deep/b.ts')).toBe('src/deep/b.ts');
});

test('modules load each other, in a circle too, and libraries', () => {
  const { a, got } = new Modules(files, { libraries }).load('src/a.ts');
  expect((a as () => number)()).toBe(1);
  expect(got).toBe('a library');
});

describe('instances', () => {
  const id = (modules: Modules) => modules.load('src/deep/b.ts')['id'];
  const first = new Modules(files, { libraries });

  test('share nothing unless told to', () => {
    expect(id(new Modules(files, { libraries }))).not.toBe(id(first));
  });

  test('share what they are told to', () => {
    const shared = { of: first, paths: /^src\/deep\// };
    expect(id(new Modules(files, { libraries, shared }))).toBe(id(first));
  });
});

test('what is missing is named', () => {
  const modules = new Modules(files);
  expect(() => modules.load('src/none.ts')).toThrow('there is no src/none.ts');
  expect(() => modules.load('src/node.ts')).toThrow('node:fs, which needs Node');
});
