// The bench of the check: two chapters whose tests and programs run, and what
// `lit check` says of them.
import type { Program } from '../../src/lit/book.ts';
import type { Problem, Snapshot } from '../../src/lit/model.ts';
import {
  type BookModules, count, findingOf, textsOf, type ToolLab,
} from './lab.ts';
import type { SmallNode } from './small-node.ts';
import type { Cell, Finding, LabFile, Part, Picture } from './view.ts';

const ONE = `---
title: Hours
question: What time is it?
minutes:
  A day: 5
---

# Hours

## A day

A day has 24 hours, of 3600 ticks each.

\`\`\`ts new=src/clock.ts
/** The hour of the day, from 0 to 23. */
export function hour(ticks: number): number {
  return Math.floor(ticks / 3600) % 24;
}
\`\`\`

The test asks for noon.

\`\`\`ts test=src/clock.test.ts
import { expect, test } from 'vitest';
import { hour } from './clock.ts';

test('noon', () => {
  expect(hour(43_200)).toBe(12);
});
\`\`\`
`;

const TWO = `---
title: Bells
question: How often does it strike?
minutes:
  Strokes: 5
---

# Bells

## Strokes

The bells strike the hours, as in [the first chapter](on.md), from one to twelve.

\`\`\`ts new=src/bells.ts
import { hour } from './clock.ts';

/** How often the bells strike: once at one, twelve times at noon and at midnight. */
export function strokes(ticks: number): number {
  return hour(ticks) % 12 || 12;
}
\`\`\`

They have a test of their own.

\`\`\`ts test=src/bells.test.ts
import { expect, test } from 'vitest';
import { strokes } from './bells.ts';

test('midnight and one', () => {
  expect(strokes(0)).toBe(12);
  expect(strokes(3600)).toBe(1);
});
\`\`\`

And a program counts them all.

\`\`\`ts new=src/day.ts
import { strokes } from './bells.ts';

let sum = 0;
for (let h = 0; h < 24; h++) sum += strokes(h * 3600);
console.log(\`strokes in a day: \${sum}\`);
\`\`\`

It says:

\`\`\`console run=day
$ npx tsx src/day.ts
strokes in a day: 156
\`\`\`

Whoever lives beside the tower hears 152<!-- run=day key="day:" --> strokes a day.
`;

const LONG = '/** How often the bells strike: once at one, twelve times at '
  + 'noon and at midnight. */';

export const literateCheck: ToolLab = {
  id: 'literate-check', title: 'A book with three untruths',
  about: 'The check has found three things. Put them right, one by one; '
    + 'then break what is true, and watch which tests have to run again.',
  files: [{ path: 'one.md', text: ONE }, { path: 'two.md', text: TWO }],
  tries: [
    { name: 'Put all right', changes: [
      { file: 'two.md', from: '(on.md)', to: '(one.md)' },
      { file: 'two.md', from: 'hears 152', to: 'hears 156' },
      { file: 'two.md', from: LONG, to: '/** From one to twelve. */' }] },
    { name: 'Change what all rests on', changes: [
      { file: 'one.md', from: '% 24;', to: '% 12;' }] },
    { name: 'Change the prose', changes: [
      { file: 'one.md', from: 'The test asks for noon.',
        to: 'The test asks for the middle of the day.' }] },
  ],
  commands: [],
  roots: ['src/lit/check/check.ts', 'src/lit/load.ts',
    'src/lit/check/closure.ts'],
  open(book, node) {
    const desk = new CheckDesk(book, node);
    return { look: ({ files }) => desk.look(files) };
  },
};

const ROOT = '/book';
const STAGES = ['lints', 'tests', 'runs'] as const;
const CONTENTS = 'parts:\n  - title: A small book\n    appendix: true\n'
  + '    chapters: [one, two]\n';

interface Report {
  readonly problems: readonly Problem[];
  readonly passed: number;
  readonly failed: number;
}

interface Tools {
  check(root: string, wanted: object, tell: (text: string) => void):
    Promise<Report>;
  loadProgram(root: string): Program;
  closure(files: Snapshot, start: string): string[];
  closureKey(files: Snapshot, start: string): string;
  BookError: new () => Error & { readonly problems: readonly Problem[] };
}

class CheckDesk {
  private readonly tools: Tools;

  constructor(book: BookModules, private readonly node: SmallNode) {
    this.tools = {
      ...book<Tools>('src/lit/check/check.ts'),
      ...book<Tools>('src/lit/load.ts'),
      ...book<Tools>('src/lit/check/closure.ts'),
      ...book<Tools>('src/lit/model.ts'),
    };
  }

  async look(files: readonly LabFile[]): Promise<Picture> {
    const { disk } = this.node;
    disk.files.set(`${ROOT}/chapters/contents.yaml`, CONTENTS);
    for (const [name, text] of Object.entries(textsOf(files))) {
      disk.files.set(`${ROOT}/chapters/${name}`, text);
    }
    const told: string[] = [];
    const wanted = { slugs: [], stages: STAGES, update: false };
    try {
      const report = await this.tools.check(ROOT, wanted, (text) => {
        told.push(text.replace(/ \(\d+\.\d s\)$/, ''));
      });
      return this.picture(report, told);
    } catch (error) {
      if (!(error instanceof this.tools.BookError)) throw error;
      return broken(error.problems);
    }
  }

  private picture(report: Report, told: readonly string[]): Picture {
    const { problems, passed, failed } = report;
    const ran = told.filter((text) => text.startsWith('tests: '));
    return {
      ok: failed === 0, verdict: `${passed} passed, ${failed} failed; `
        + `${count(ran.length, 'test file')} had to run.`,
      panels: [
        findingsPanel(problems.map(findingOf)),
        { id: 'rests', title: 'What rests on what', parts: [
          this.restTable(ran), STAGE_NOTE] },
        { id: 'ran', title: 'What ran', parts: [{ kind: 'text',
          title: 'What the check tells on its way',
          text: told.join('\n') || 'Nothing had to run: all that was '
            + 'asked is known.' }] },
      ],
    };
  }

  /** Each chapter's tests, with the key of all that they rest on. */
  private restTable(ran: readonly string[]): Part {
    const program = this.tools.loadProgram(ROOT);
    const { closure, closureKey } = this.tools;
    const rows = [...program.ends].flatMap(([slug, files]) =>
      [...files.keys()].filter((path) => path.endsWith('.test.ts'))
        .map((path): Cell[] => {
          const now = ran.some((text) => text.endsWith(`${slug} ${path}`));
          const rest = closure(files, path).filter((p) => p !== path);
          return [{ text: slug }, { text: path.replace('src/', '') },
            { text: rest.map((p) => p.replace('src/', '')).join(', ') },
            { text: closureKey(files, path).slice(0, 8) },
            now ? { text: 'ran now' } : { text: 'known', tone: 'grey' }];
        }));
    return { kind: 'table', title: 'Tests, in each chapter’s program',
      head: ['chapter', 'test', 'rests on', 'key', ''], rows };
  }
}

const STAGE_NOTE: Part = {
  kind: 'note', text: 'Here the check has the stages lints, tests and runs. '
    + 'Types, and whether src/ is what the chapters say, are for the '
    + 'command on your own machine.',
};

function findingsPanel(findings: readonly Finding[]) {
  return { id: 'findings', title: `Findings: ${findings.length}`,
    parts: [{ kind: 'findings', findings }] as const };
}

function broken(problems: readonly Problem[]): Picture {
  return { ok: false, verdict: 'The blocks do not apply: nothing else was '
    + 'looked at.', panels: [findingsPanel(problems.map(findingOf))] };
}
