// The bench of the literate tool: two chapters, and the program that they are.
import type { Block, Line, Snapshot } from '../../src/lit/model.ts';
import type { Program, Step } from '../../src/lit/book.ts';
import {
  count, findingOf, placeOf, textsOf, type ToolLab,
} from './lab.ts';
import { PROCESSOR } from './samples.ts';
import type { Asked, PanelView, Picture, Row } from './view.ts';

const ONE = `${PROCESSOR}
Whoever made it may begin again.

\`\`\`ts add=src/cpu.ts
export function reset(cpu: Cpu): void {
  cpu.pc = 0;
}
\`\`\`
`;

const TWO = `# Wider instructions

Instructions take two bytes from here on.

\`\`\`ts edit=src/cpu.ts#Cpu.step
this.pc += 1; // [!code --]
this.pc += 2; // [!code ++]
\`\`\`

And the processor can stop.

\`\`\`ts slot=state
halted = false;
\`\`\`

To begin again is to go on.

\`\`\`ts edit=src/cpu.ts#reset
cpu.pc = 0;
cpu.halted = false; // [!code ++]
\`\`\`
`;

interface TryModule {
  programOf(files: Readonly<Record<string, string>>): Program;
}

export const literateTool: ToolLab = {
  id: 'literate-tool', title: 'Two chapters, one program',
  about: 'Edit the chapters, and the program follows. The dial goes '
    + 'through the blocks: it shows the program after any of them.',
  files: [{ path: 'one.md', text: ONE }, { path: 'two.md', text: TWO }],
  tries: [
    { name: 'Leave a block unclosed', changes: [{ file: 'one.md',
      from: '}\n```\n\nWhoever', to: '}\n\nWhoever' }] },
    { name: 'Change a line that is quoted', changes: [{ file: 'one.md',
      from: '    this.pc += 1;', to: '    this.pc++;' }] },
    { name: 'Misspell a slot', changes: [{ file: 'two.md',
      from: 'slot=state', to: 'slot=stale' }] },
  ],
  commands: [],
  roots: ['src/lit/try.ts'],
  open(book) {
    const { programOf } = book<TryModule>('src/lit/try.ts');
    return { look: async (asked) => picture(
      programOf(textsOf(asked.files)), asked) };
  },
};

function picture(program: Program, { dial }: Asked): Picture {
  const { steps, problems } = program;
  const at = Math.min(dial ?? steps.length, steps.length);
  const step = steps[at - 1];
  const ok = problems.length === 0;
  const sums = `${count(steps.length, 'block')}, `
    + count(step?.snapshot.size ?? 0, 'file');
  return {
    ok,
    verdict: ok ? `${sums}, and every block applies.`
      : `${sums}; ${count(problems.length, 'problem')}.`,
    dial: {
      label: 'The program after this many blocks', max: steps.length, at,
      told: step ? `after ${describe(step.block)}` : 'before any block',
    },
    panels: [
      ...filePanels(step),
      { id: 'blocks', title: 'Blocks', parts: [blockTable(steps, at)] },
      { id: 'problems', title: `Problems: ${problems.length}`, parts: [
        { kind: 'findings', findings: problems.map(findingOf) }] },
    ],
  };
}

function describe({ kind, target, symbol }: Block): string {
  return `${kind}=${target}${symbol ? `#${symbol}` : ''}`;
}

function blockTable(steps: readonly Step[], at: number) {
  return {
    kind: 'table', title: 'In the order of the book',
    head: ['', 'block', 'stands at'],
    rows: steps.map(({ block }, n) => {
      const tone = n < at ? {} : { tone: 'grey' as const };
      const place = placeOf(block);
      return [{ text: String(n + 1), ...tone },
        { text: describe(block), ...tone },
        { text: `${place.file}:${place.line}`, place }];
    }),
  } as const;
}

function filePanels(step: Step | undefined): PanelView[] {
  const now: Snapshot = step?.snapshot ?? new Map();
  if (now.size === 0) {
    return [{ id: 'nothing', title: 'The program', parts: [
      { kind: 'note', text: 'There is no file yet.' }] }];
  }
  return [...now].map(([path, lines]) => ({
    id: path, title: path, parts: [{
      kind: 'lines' as const, title: `${path}, and who wrote each line`,
      rows: rowsOf(step?.before.get(path) ?? [], lines),
    }],
  }));
}

/** Lines are shared between states: those of one alone came or went. */
function rowsOf(before: readonly Line[], now: readonly Line[]): Row[] {
  const [old, fresh] = [new Set(before), new Set(now)];
  const rows: Row[] = [];
  let at = 0;
  const gone = (): void => {
    for (; at < before.length && !fresh.has(before[at]!); at++) {
      rows.push(row(before[at]!, 'removed'));
    }
  };
  let number = 0;
  for (const line of now) {
    gone();
    if (old.has(line)) at += 1;
    const tone = line.mark === 'slot' ? 'grey'
      : old.has(line) ? undefined : 'added';
    if (line.mark !== 'slot') number += 1;
    rows.push(row(line, tone, line.mark === 'slot' ? undefined : number));
  }
  gone();
  return rows;
}

function row(line: Line, tone: Row['tone'], number?: number): Row {
  return {
    text: line.text, place: placeOf(line),
    ...(tone === undefined ? {} : { tone }),
    ...(number === undefined ? {} : { number }),
  };
}
