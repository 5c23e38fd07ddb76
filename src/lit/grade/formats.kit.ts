/** A shape of JSON as a format's documentation gives it: a type, a list
 * of words, or fields, of which those with `?` may be missing. */
export type Shape = 'string' | 'number' | 'object'
  | readonly string[] | { readonly [field: string]: Shape }
  | { readonly each: Shape };

/** Where a value is not of a shape; fields that the shape does not
 * know are wrong, too. */
export function misfits(
  value: unknown, shape: Shape, at = 'it',
): string[] {
  if (typeof shape === 'string') {
    const fine = shape === typeof value && value !== null
      && (shape !== 'number' || Number.isFinite(value));
    return fine ? [] : [`${at} is no ${shape}`];
  }
  if (Array.isArray(shape)) {
    return shape.includes(value) ? []
      : [`${at} is not one of ${shape}`];
  }
  if ('each' in shape) {
    return Array.isArray(value) ? value.flatMap((item, i) =>
      misfits(item, (shape as { each: Shape }).each, `${at}[${i}]`))
      : [`${at} is no list`];
  }
  return fieldsOf(value, shape as Record<string, Shape>, at);
}

function fieldsOf(
  value: unknown, shape: Readonly<Record<string, Shape>>, at: string,
): string[] {
  if (typeof value !== 'object' || value === null) {
    return [`${at} is no object`];
  }
  const left = new Map(Object.entries(value));
  const wrong = Object.entries(shape).flatMap(([key, inner]) => {
    const name = key.replace(/\?$/, '');
    const found = left.get(name);
    left.delete(name);
    if (found === undefined) {
      return key.endsWith('?') ? [] : [`${at} has no ${name}`];
    }
    return misfits(found, inner, `${at}.${name}`);
  });
  return [...wrong, ...[...left.keys()].map((k) => `${at} has a ${k}`)];
}

const VISIBILITY =
  ['hidden', 'after_due_date', 'after_published', 'visible'] as const;
const TEXT = ['text', 'html', 'simple_format', 'md', 'ansi'] as const;

/** gradescope-autograders.readthedocs.io, "Autograder Specifications",
 * "Output format". */
export const GRADESCOPE: Shape = {
  'score?': 'number', 'execution_time?': 'number', 'output?': 'string',
  'output_format?': TEXT, 'test_output_format?': TEXT,
  'test_name_format?': TEXT, 'visibility?': VISIBILITY,
  'stdout_visibility?': VISIBILITY, 'extra_data?': 'object',
  'tests?': { each: {
    'score?': 'number', 'max_score?': 'number',
    'status?': ['passed', 'failed'], 'name?': 'string',
    'name_format?': TEXT, 'number?': 'string', 'output?': 'string',
    'output_format?': TEXT, 'tags?': { each: 'string' },
    'visibility?': VISIBILITY, 'extra_data?': 'object',
  } },
  'leaderboard?': { each: {
    name: 'string', value: 'number', 'order?': ['asc', 'desc'],
  } },
};

const STATUS = ['pass', 'fail', 'error'] as const;

/** What the graders of GitHub's `classroom-resources` hand to
 * `autograding-grading-reporter`. */
export const CLASSROOM: Shape = {
  version: 'number', status: STATUS, max_score: 'number',
  tests: { each: {
    name: 'string', status: STATUS, score: 'number', message: 'string',
    test_code: 'string', filename: 'string', line_no: 'number',
    execution_time: 'string',
  } },
};

/** `.github/classroom/autograding.json`, as `education/autograding`
 * declares a test. */
export const AUTOGRADING: Shape = {
  tests: { each: {
    name: 'string', setup: 'string', run: 'string', 'input?': 'string',
    'output?': 'string', comparison: ['exact', 'included', 'regex'],
    timeout: 'number', 'points?': 'number',
  } },
};

/** An element of XML. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
}

const TAG = /<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
const NAMED = /&(?!(?:amp|lt|gt|quot|#\d+);)/;

/** Reads the plain kind of XML that reports have; throws on other. */
export function readXml(text: string): Element {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!text.startsWith(head)) throw new Error('no XML declaration');
  const top: Element = { name: '', attributes: {}, children: [] };
  const open = [top];
  TAG.lastIndex = head.length;
  while (TAG.lastIndex < text.length) {
    const at = TAG.lastIndex;
    const found = TAG.exec(text);
    if (!found) throw new Error(`no XML: ${text.slice(at, at + 60)}`);
    const [, end, name = '', words = '', empty, between] = found;
    if (NAMED.test(words)) throw new Error(`a bare & in ${words}`);
    if (between !== undefined) {
      if (between.trim() !== '') throw new Error(`text: ${between}`);
    } else take(open, name, words, Boolean(end), Boolean(empty));
  }
  const [root] = top.children;
  if (!root || open.length !== 1) throw new Error('not closed');
  return root;
}

/** Opens or closes an element. */
function take(
  open: Element[], name: string, words: string, end: boolean,
  empty: boolean,
): void {
  if (end) {
    if (open.pop()?.name !== name) throw new Error(`stray ${name}`);
    return;
  }
  const made = { name, attributes: pairs(words), children: [] };
  open.at(-1)?.children.push(made);
  if (!empty) open.push(made);
}

function pairs(words: string): Record<string, string> {
  return Object.fromEntries([...words.matchAll(/([a-z]+)="([^"]*)"/g)]
    .map((m) => [m[1] ?? '', m[2] ?? '']));
}

const COUNTS = ['tests', 'failures', 'errors'] as const;

/** What Jenkins' and Ant's descriptions of JUnit's XML ask for. */
export function junitMisfits(root: Element): string[] {
  if (root.name !== 'testsuites') return ['no testsuites'];
  const wrong = root.children.flatMap((suite) => {
    const cases = suite.children;
    const failed = (what: string): number => cases.filter((c) =>
      c.children.some((x) => x.name === what)).length;
    const [tests, failures, errors] = COUNTS.map((c) =>
      Number(suite.attributes[c]));
    return [
      ...suite.name === 'testsuite' ? [] : [`a ${suite.name}`],
      ...suite.attributes['name'] ? [] : ['a suite without a name'],
      ...tests === cases.length ? [] : ['tests miscounted'],
      ...failures === failed('failure') ? [] : ['failures miscounted'],
      ...errors === failed('error') ? [] : ['errors miscounted'],
      ...cases.every(isNamed) ? [] : ['a case without names'],
    ];
  });
  const sums = COUNTS.filter((count) => {
    const parts = root.children.map((s) => Number(s.attributes[count]));
    const sum = parts.reduce((a, b) => a + b, 0);
    return sum !== Number(root.attributes[count]);
  });
  return [...wrong, ...sums.map((count) => `${count} do not add up`)];
}

function isNamed({ name, attributes }: Element): boolean {
  return name === 'testcase' && Boolean(attributes['name'])
    && Boolean(attributes['classname']);
}
