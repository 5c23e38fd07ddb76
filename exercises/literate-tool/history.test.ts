import { expect, test } from 'vitest';
import { fence, programOf } from '#book/lit/try.ts';
import { history } from './history.ts';

const program = programOf({
  'one.md': fence('ts new=src/a.ts', 'one();', '// <<more>> open')
    + fence('ts new=src/b.ts', 'b();'),
  'two.md': fence('ts slot=more', 'two();')
    + fence('ts show=src/a.ts')
    + fence('ts edit=src/a.ts', 'one(); // [!code --]'),
});

test('in the order of the book', () => {
  expect(history(program, 'src/a.ts')).toEqual([
    'chapters/one.md:4', 'chapters/two.md:4', 'chapters/two.md:15',
  ]);
});
test('of one file only', () => {
  expect(history(program, 'src/b.ts')).toEqual(['chapters/one.md:11']);
  expect(history(program, 'src/c.ts')).toEqual([]);
});
