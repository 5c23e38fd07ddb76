import { expect, test } from 'vitest';
import { fence, programOf } from '#book/lit/try.ts';
import { closure } from './closure.ts';

const { final } = programOf({ 'one.md':
  fence('ts new=src/a/one.ts', "import { two } from '../b/two.ts';",
    "import { join } from 'node:path';")
  + fence('ts new=src/b/two.ts', 'import { three } from "./three.ts";',
    "export { one } from '../a/one.ts';")
  + fence('ts new=src/b/three.ts', "import { no } from './no.ts';")
  + fence('ts new=src/b/four.ts', "import { t } from './three.ts';") });

test('to the bottom, in circles, sorted', () => {
  expect(closure(final, 'src/a/one.ts')).toEqual([
    'src/a/one.ts', 'src/b/three.ts', 'src/b/two.ts',
  ]);
});
test('no further than needed', () => {
  expect(closure(final, 'src/b/three.ts')).toEqual(['src/b/three.ts']);
  expect(closure(final, 'src/b/four.ts'))
    .toEqual(['src/b/four.ts', 'src/b/three.ts']);
  expect(closure(final, 'src/c.ts')).toEqual([]);
});
