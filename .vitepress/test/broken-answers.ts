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

/** Makes broken answers to one exercise. */
const of = (id: string) =>
  (why: string, from: string, to: string): BrokenAnswer => ({ id, why, from, to });

const inField = of('prologue/field');
const field = (why: string, to: string): BrokenAnswer =>
  inField(why, '  return ((word >>> low) & mask) >>> 0;\n', to);
const entry = of('grant-tables/entry');
const nx = of('paging/nx');
const room = of('exercise-tool/make-room');
const history = of('literate-tool/history');

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
  entry('no such part of the book’s constant', 'GNTMAP.readonly', 'GNTMAP.readOnly'),
  entry('no such file', 'public/grant_table.ts', 'public/grants.ts'),
  entry('no such export', '{ GNTMAP }', '{ GNTMAPS as GNTMAP }'),
  entry('a number beside a bigint', '0n : 2n', '0 : 2'),
  nx('a type imported as a value', 'type Walk', 'Walk'),
  nx('an argument that lacks a property',
    'faultCode({ ...walk, reserved }, asked, wp)', 'faultCode({ reserved }, asked, wp)'),
  room('no such part of a package', 'ts.isFunctionDeclaration(s)', 'ts.isFunktion(s)'),
  room('a package’s result, misunderstood', 'node.getStart(source)', 'node.getText(source)'),
  history('a file of the book that was not imported before',
    "import { printPlace } from '#book/lit/model.ts';",
    "import { printPlace } from '#book/lit/model.ts';\nimport { replaceSymbol } from '#book/lit/apply.ts';"),
  history('what the book makes of a package’s type', 'printPlace(step.block)', 'step.block.body'),
];
