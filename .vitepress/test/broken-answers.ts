// Answers with something wrong in their types or their syntax: the book's
// solutions with one place changed. Between them they use each strict option
// of tsconfig.json that an answer can run into, files of the book, packages,
// and the declarations of the language and of the browser.
export interface BrokenAnswer {
  /** The exercise. */
  id: string;
  /** What is wrong with it. */
  why: string;
  /** The place in the solution, and what stands there instead. */
  from: string;
  to: string;
}

const field = (why: string, to: string): BrokenAnswer => ({
  id: 'prologue/field', why, from: '  return ((word >>> low) & mask) >>> 0;\n', to,
});

export const brokenAnswers: BrokenAnswer[] = [
  field('a string for a number', '  return `${word}`;\n'),
  field('nothing returned', ''),
  field('no such name', '  return wort & mask;\n'),
  field('a bracket too few', '  return ((word >>> low & mask) >>> 0;\n'),
  field('a parameter without a type', '  const twice = (x) => 2 * x;\n  return twice(mask);\n'),
  field('perhaps no element', '  const all: number[] = [mask];\n  return all[low];\n'),
  field('perhaps undefined', '  const at = [mask].find((x) => x > 0);\n  return at + 1;\n'),
  field('an optional property set to undefined',
    '  const p: { n?: number } = { n: undefined };\n  return p.n ?? mask;\n'),
  field('a case that falls through',
    '  switch (low) {\n    case 0: low += 1;\n    case 1: return low;\n    default: return mask;\n  }\n'),
  field('an override that does not say so',
    '  class A { at(): number { return mask; } }\n  class B extends A { at(): number { return 0; } }\n  return new B().at();\n'),
  field('a newer language', '  return Object.groupBy([mask], () => 1)[1]?.[0] ?? 0;\n'),
  field('the browser', '  document.title = mask;\n  return console.log(mask);\n'),
  field('an error that was expected and is none',
    '  // @ts-expect-error\n  return mask;\n'),
  field('one message inside another',
    '  const f: (x: { a: { b: string } }) => void = (x: { a: { b: number } }) => x;\n  return mask;\n'),
  field('three lines with errors',
    '  const a: string = low;\n  const b: string = high;\n  return a + b;\n'),
  {
    id: 'grant-tables/entry', why: 'no such part of the book’s constant',
    from: 'GNTMAP.readonly', to: 'GNTMAP.readOnly',
  },
  {
    id: 'grant-tables/entry', why: 'no such file',
    from: 'public/grant_table.ts', to: 'public/grants.ts',
  },
  {
    id: 'grant-tables/entry', why: 'no such export',
    from: '{ GNTMAP }', to: '{ GNTMAPS as GNTMAP }',
  },
  {
    id: 'grant-tables/entry', why: 'a number beside a bigint',
    from: '0n : 2n', to: '0 : 2',
  },
  {
    id: 'paging/nx', why: 'a type imported as a value',
    from: 'type Walk', to: 'Walk',
  },
  {
    id: 'paging/nx', why: 'an argument that lacks a property',
    from: 'faultCode({ ...walk, reserved }, asked, wp)',
    to: 'faultCode({ reserved }, asked, wp)',
  },
  {
    id: 'exercise-tool/make-room', why: 'no such part of a package',
    from: 'ts.isFunctionDeclaration(s)', to: 'ts.isFunktion(s)',
  },
  {
    id: 'exercise-tool/make-room', why: 'a package’s result, misunderstood',
    from: 'node.getStart(source)', to: 'node.getText(source)',
  },
  {
    id: 'literate-tool/history', why: 'a file of the book that was not imported before',
    from: "import { printPlace } from '#book/lit/model.ts';",
    to: "import { printPlace } from '#book/lit/model.ts';\nimport { replaceSymbol } from '#book/lit/apply.ts';",
  },
  {
    id: 'literate-tool/history', why: 'what the book makes of a package’s type',
    from: 'printPlace(step.block)', to: 'step.block.body',
  },
];
