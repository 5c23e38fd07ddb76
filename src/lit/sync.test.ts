import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BookError } from './model.ts';
import { sync } from './sync.ts';
import {
  fence, programOf, readerOf, type SmallBook, textsOf,
} from './try.ts';

const book: SmallBook = {
  'one.md': fence('ts new=src/a.ts',
    'export class Cpu {', '  pc = 0;', '  // <<state>>', '',
    '  step(): void {', '    this.pc += 1;', '    // <<more>> open',
    '  }', '}')
    + fence('ts add=src/a.ts', '/** Helps. */',
      'export function help(x: number): number {', '  return x;', '}'),
  'one.more.md': fence('ts new=src/b.ts', 'export const b = [', '  1,',
    '  // <<numbers>> open', '];'),
  'two.md': fence('ts slot="state"', 'sp = 0;')
    + fence('ts slot="more"', 'this.sp += 1;', 'if (this.sp > 4) {',
      '  this.sp = 0;', '}')
    + fence('ts edit=src/a.ts#help', 'return x; // [!code --]',
      'if (x > 1) { // [!code ++]', '  return x; // [!code ++]',
      '} // [!code ++]', 'return 2 * x; // [!code ++]'),
  'three.md': fence('ts slot="numbers"', '2,', '3,')
    + fence('ts add=src/a.ts tight', 'export const last = 1;')
    + fence('ts edit=src/a.ts#Cpu.step', 'this.pc += 1;',
      'this.log(); // [!code ++]'),
};
const texts = textsOf(programOf(book));

/** One keystroke's worth of change to the program. */
interface Edit {
  readonly path: string;
  readonly at: number;
  readonly kind: 'insert' | 'delete' | 'replace';
  readonly lines: readonly string[];
}

const edits: fc.Arbitrary<Edit> = fc.record({
  path: fc.constantFrom(...texts.keys()),
  at: fc.nat(30),
  kind: fc.constantFrom('insert', 'delete', 'replace'),
  lines: fc.array(fc.stringMatching(/^ {4,6}[a-z]{4,8};$/),
    { minLength: 1, maxLength: 3 }),
});

/** Makes an edit in a text. */
function type(text: string, edit: Edit): string {
  const lines = text.split('\n').slice(0, -1);
  const gone = edit.kind === 'insert' ? 0 : 1;
  const at = edit.at % (lines.length + 1 - gone);
  const put = edit.kind === 'delete' ? [] : edit.lines;
  lines.splice(at, gone, ...put);
  return lines.map((line) => `${line}\n`).join('');
}

/** Syncs an edited program; the new book, or nothing if refused. */
function bring(
  from: SmallBook, edited: ReadonlyMap<string, string>,
): SmallBook | undefined {
  try {
    const base = textsOf(programOf(from));
    const { chapters } = sync(readerOf(from), base, edited);
    return { ...from, ...Object.fromEntries(chapters) };
  } catch (error) {
    if (error instanceof BookError) return undefined;
    throw error;
  }
}

describe('sync', () => {
  test('of nothing is nothing', () => {
    const { chapters } = sync(readerOf(book), texts, texts);
    expect(chapters.size).toBe(0);
  });

  test('then tangle gives the edit back', () => {
    let [held, refused] = [0, 0];
    fc.assert(fc.property(edits, (edit) => {
      const old = texts.get(edit.path) ?? '';
      const edited = new Map(texts).set(edit.path, type(old, edit));
      const after = bring(book, edited);
      if (after) expect(textsOf(programOf(after))).toEqual(edited);
      if (after) held += 1;
      else refused += 1;
    }), { seed: 1, numRuns: 400 });
    expect(held).toBeGreaterThan(8 * refused);
  });

  test('loses no line in a series of edits', () => {
    const series = fc.array(edits, { minLength: 2, maxLength: 8 });
    fc.assert(fc.property(series, (list) => {
      let now: SmallBook = book;
      let program = texts;
      for (const edit of list) {
        const old = program.get(edit.path) ?? '';
        const edited = new Map(program).set(edit.path, type(old, edit));
        const after = bring(now, edited);
        if (!after) continue;
        [now, program] = [after, edited];
      }
      expect(textsOf(programOf(now))).toEqual(program);
    }), { seed: 2, numRuns: 60 });
  });

  test('several edits at once, all or none', () => {
    const several = fc.array(edits, { minLength: 2, maxLength: 5 });
    fc.assert(fc.property(several, (list) => {
      const edited = new Map(texts);
      for (const edit of list) {
        edited.set(edit.path, type(edited.get(edit.path) ?? '', edit));
      }
      const after = bring(book, edited);
      if (after) expect(textsOf(programOf(after))).toEqual(edited);
    }), { seed: 3, numRuns: 150 });
  });
});

describe('three ways', () => {
  const changed: SmallBook = {
    ...book,
    'one.md': (book['one.md'] ?? '').replace('pc = 0;', 'pc = 7;'),
  };
  const path = 'src/a.ts';
  const old = texts.get(path) ?? '';

  test('both sides, different lines: both are kept', () => {
    const mine = new Map(texts)
      .set(path, old.replace('this.sp = 0;', 'this.sp = 9;'));
    const { chapters } = sync(readerOf(changed), texts, mine);
    const after = { ...changed, ...Object.fromEntries(chapters) };
    const text = textsOf(programOf(after)).get(path);
    expect(text).toContain('pc = 7;');
    expect(text).toContain('this.sp = 9;');
  });

  test('both sides, one line: says where, writes nothing', () => {
    const mine = new Map(texts)
      .set(path, old.replace('pc = 0;', 'pc = 8;'));
    expect(() => sync(readerOf(changed), texts, mine))
      .toThrow(/chapters\/one\.md:6:1: changed here and, differently/);
  });

  test('an anchor follows the line that it stands for', () => {
    const mine = new Map(texts)
      .set(path, old.replace('this.pc += 1;', 'this.pc += 4;'));
    const after = bring(book, mine);
    expect(after?.['one.md']).toContain('this.pc += 4;');
    expect(after?.['three.md']).toContain('\nthis.pc += 4;\nthis.log');
  });
});

describe('a chapter put in the middle', () => {
  test('works, or the block to mend is named', () => {
    const lines = ['return x;', 'if (x > 1) {', '}', 'return 2 * x;'];
    const inserted = fc.record({
      cut: fc.constantFrom(...lines), by: fc.constantFrom('help', ''),
      where: fc.constantFrom('one', 'two'),
    });
    fc.assert(fc.property(inserted, ({ cut, by, where }) => {
      const middle = fence(`ts edit=src/a.ts${by ? `#${by}` : ''}`,
        `${cut} // [!code --]`, 'return 3; // [!code ++]');
      const { 'three.md': last = '', 'two.md': two = '' } = book;
      const { 'one.md': first = '', 'one.more.md': more = '' } = book;
      const order = where === 'one'
        ? { 'new.md': middle, 'two.md': two }
        : { 'two.md': two, 'new.md': middle };
      const program = programOf({
        'one.md': first, 'one.more.md': more, ...order,
        'three.md': last,
      });
      for (const { file, line } of program.problems) {
        expect(file).toMatch(/^chapters\/(new|two|three)\.md$/);
        expect(line).toBeGreaterThan(1);
      }
      const text = textsOf(program).get('src/a.ts') ?? '';
      if (program.problems.length === 0) {
        expect(text).toContain('return 3;');
      }
    }), { seed: 4, numRuns: 40 });
  });
});
