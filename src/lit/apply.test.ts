import { describe, expect, test } from 'vitest';
import { fence, programOf, textsOf } from './try.ts';

const cpu = fence('ts new=src/cpu.ts',
  'export class Cpu {', '  pc = 0;', '  // <<state>>', '',
  '  step(): void {', '    this.pc += 1;', '    // <<more>> open',
  '  }', '}');

/** The text of `src/cpu.ts` after some chapters. */
function after(...chapters: readonly string[]): string {
  const names = ['one', 'two', 'three', 'four'];
  const program = programOf(Object.fromEntries(
    chapters.map((text, i) => [`${names[i] ?? ''}.md`, text])));
  if (program.problems[0]) throw new Error(program.problems[0].message);
  return textsOf(program).get('src/cpu.ts') ?? '';
}

/** The first problem of a book: its place and its message. */
function problem(...chapters: readonly string[]): string {
  const program = programOf(Object.fromEntries(
    chapters.map((text, i) => [`${'abc'[i] ?? ''}.md`, text])));
  const [first] = program.problems;
  return first ? `${first.file}:${first.line} ${first.message}` : '';
}

describe('blocks', () => {
  test('a new file hides its slots', () => {
    expect(after(cpu)).toBe('export class Cpu {\n  pc = 0;\n\n'
      + '  step(): void {\n    this.pc += 1;\n  }\n}\n');
  });
  test('slots fill in book order, indented like their mark', () => {
    const more = fence('ts slot=more',
      'first();', 'if (x) {', '  y();', '}');
    const again = fence('ts slot=more', 'second();');
    expect(after(cpu, more, again)).toContain('    first();\n'
      + '    if (x) {\n      y();\n    }\n    second();\n  }');
  });
  test('add puts one blank line between, tight none', () => {
    const one = fence('ts add=src/cpu.ts', 'one();');
    const two = fence('ts add=src/cpu.ts tight', 'two();');
    expect(after(cpu, one, two)).toMatch(/}\n\none\(\);\ntwo\(\);\n$/);
  });
  test('an edit keeps the place’s indentation', () => {
    const edit = fence('ts edit=src/cpu.ts#Cpu.step',
      'this.pc += 1; // [!code --]', 'this.pc += 2; // [!code ++]',
      'this.check(); // [!code ++]');
    expect(after(cpu, edit)).toContain('{\n    this.pc += 2;\n'
      + '    this.check();\n  }');
  });
  test('an edit skips lines', () => {
    const edit = fence('ts edit=src/cpu.ts#Cpu',
      '  pc = 0;', '  // …', '    this.pc += 1; // [!code --]');
    expect(after(cpu, edit)).toContain('step(): void {\n  }');
  });
  test('drop takes a declaration with its comment', () => {
    const two = fence('ts add=src/cpu.ts', '/** Two. */',
      'export function two() {}');
    const three = fence('ts add=src/cpu.ts', 'export const three = 3;');
    const drop = fence('ts drop=src/cpu.ts#two');
    expect(after(cpu, two, three, drop))
      .toMatch(/}\n}\n\nexport const three = 3;\n$/);
  });
  test('CRLF chapters are chapters', () => {
    expect(after(cpu.replaceAll('\n', '\r\n'))).toBe(after(cpu));
  });
});

describe('what is wrong is said where it is', () => {
  test.each([
    ['an unknown file', fence('ts add=src/no.ts', 'x'),
      'b.md:4 there is no src/no.ts yet'],
    ['a file twice', fence('ts new=src/cpu.ts', 'x'),
      'b.md:4 src/cpu.ts exists already (chapters/a.md:5); use add='],
    ['an unknown slot', fence('ts slot=mor', 'x'),
      'b.md:4 there is no slot "mor" yet; known: "state", "more"'],
    ['an unknown symbol', fence('ts edit=src/cpu.ts#stepp', 'x'),
      'b.md:4 src/cpu.ts declares no stepp'],
    ['a misspelt word', fence('ts edti=src/cpu.ts', 'x'),
      'b.md:4 unknown word edti='],
    ['a line that is not there', fence('ts edit=src/cpu.ts',
      'this.pc += 3; // [!code --]'),
    'b.md:5 `this.pc += 3;` does not match; nearest is '
      + '`this.pc += 1;` of chapters/a.md:10'],
    ['two places', fence('ts edit=src/cpu.ts', '} // [!code --]'),
      'b.md:4 the edit fits 2 places: chapters/a.md:12, chapters/'],
    ['three anchors', fence('ts edit=src/cpu.ts', 'a', 'b', 'c',
      'd // [!code ++]'), 'b.md:7 an edit has at most two unmarked'],
  ])('%s', (_, block, message) => {
    const text = problem(cpu, block).replace('chapters/b', 'b');
    expect(text).toContain(message);
  });
  test('an edit that fits twice', () => {
    const twice = fence('ts add=src/cpu.ts', 'x();', 'x();');
    const edit = fence('ts edit=src/cpu.ts', 'x(); // [!code --]');
    expect(problem(cpu, twice, edit))
      .toContain('the edit fits 2 places: chapters/b.md:5');
  });
  test('later blocks of a broken file are not blamed', () => {
    const bad = fence('ts edit=src/cpu.ts', 'nope // [!code --]');
    const good = fence('ts edit=src/cpu.ts', 'nope // [!code --]');
    const { problems } = programOf({ 'a.md': cpu, 'b.md': bad + good });
    expect(problems.length).toBe(1);
  });
});
