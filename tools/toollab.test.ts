// The benches of the book's own tools, outside of a page: each runs the
// modules of its chapter, each prepared change can be made, and the small
// Node under them does what Node does. And no chapter is without a lab.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as diff from 'diff';
import MarkdownIt from 'markdown-it';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';
import * as yaml from 'yaml';
import { applyBook, type Program, readBook } from '../src/lit/book.ts';
import { labs } from '../src/labs/prepared.ts';
import { bookModules, textsOf, type ToolLab } from './toollab/lab.ts';
import { toolLabs } from './toollab/labs.ts';
import { modulesOf } from './toollab/modules-of.ts';
import { Disk, fsOf, pathModule } from './toollab/disk.ts';
import { sha256 } from './toollab/sha256.ts';
import { type Cells, importsFirst, smallNode } from './toollab/small-node.ts';
import type {
  LabFile, Part, Picture, ToolDesk, Try,
} from './toollab/view.ts';

const chapters = join(import.meta.dirname, '..', 'chapters');
const read = (name: string): string | undefined =>
  existsSync(join(chapters, name))
    ? readFileSync(join(chapters, name), 'utf8') : undefined;

let program: Program;
beforeAll(() => { program = applyBook(readBook(read)); });

/** Nothing that needs one may be looked at here. */
const noCells: Cells = {
  start: () => { throw new Error('no cells outside of a page'); },
};

function open(lab: ToolLab): ToolDesk {
  const node = smallNode(noCells, (_, text) => text);
  const libraries = { typescript: ts, 'markdown-it': MarkdownIt, yaml, diff };
  return lab.open(bookModules(modulesOf(program, lab), node, libraries), node);
}

const labNamed = (id: string): ToolLab => toolLabs.find((l) => l.id === id)!;

function tried(files: readonly LabFile[], { changes }: Try): LabFile[] {
  const texts = new Map(files.map((file) => [file.path, file]));
  for (const { file, from, to } of changes) {
    const old = texts.get(file)!;
    expect(old.text.split(from)).toHaveLength(2);
    texts.set(file, { ...old, text: old.text.replace(from, () => to) });
  }
  return [...texts.values()];
}

/** What a picture says, in lines. */
function told({ panels }: Picture, id: string): string[] {
  const parts: readonly Part[] = panels.find((p) => p.id === id)?.parts ?? [];
  return parts.flatMap((part) => {
    if (part.kind === 'lines') {
      return part.rows.map((r) => `${r.tone ?? ''} ${r.text}`.trim());
    }
    if (part.kind === 'findings') {
      return part.findings.map((f) =>
        `${f.place?.file}:${f.place?.line} ${f.message}`);
    }
    return part.kind === 'table' ? part.rows.map((r) =>
      r.map((cell) => cell.text).join(' | ')) : [part.text];
  });
}

test('every chapter of the book has a lab', () => {
  const without = program.book.chapters.filter(({ main }) => {
    const inside = new Set(main.fences.flatMap((f) =>
      Array.from({ length: f.end - f.line + 1 }, (_, i) => f.line + i)));
    return !main.lines.some((text, i) => !inside.has(i + 1)
      && /^<(LabBench id|ToolLab id|BreakIt of)="[\w-]+".*\/>$/.test(text));
  });
  expect(without.map((c) => c.slug)).toEqual([]);
});

test('labs stand in their own chapters, and each that there is stands', () => {
  const placed = program.book.chapters.flatMap(({ slug, main }) =>
    main.lines.flatMap((text) => {
      const [, kind, id] = /^<(LabBench|ToolLab) id="([\w-]+)"/.exec(text) ?? [];
      return kind ? [`${slug} ${kind} ${id}`] : [];
    }));
  const there = [
    ...labs.map((lab) => `${lab.chapter} LabBench ${lab.id}`),
    ...toolLabs.map((lab) => `${lab.id} ToolLab ${lab.id}`),
  ];
  expect(placed.sort()).toEqual(there.sort());
});

describe.each(toolLabs.map((lab) => [lab.id, lab] as const))('%s', (_, lab) => {
  test('opens on the modules of its own chapter', () => {
    expect(() => open(lab)).not.toThrow();
  });

  test.each(lab.tries.map((t) => [t.name, t] as const))('%s', (__, change) => {
    expect(textsOf(tried(lab.files, change))).not.toEqual(textsOf(lab.files));
  });
});

describe('two chapters, one program', () => {
  const lab = labNamed('literate-tool');

  test('each line, and who wrote it', async () => {
    const desk = open(lab);
    const picture = await desk.look({ files: lab.files });
    expect(picture.ok).toBe(true);
    expect(picture.dial).toMatchObject({ max: 5, at: 5 });
    const [panel] = picture.panels;
    const [part] = panel!.parts;
    const lines = part?.kind === 'lines' ? part.rows : [];
    const halted = lines.find((r) => r.text === '  halted = false;');
    expect(halted?.place).toEqual({ file: 'two.md', line: 13 });
  });

  test('the program after any block', async () => {
    const desk = open(lab);
    const edit = await desk.look({ files: lab.files, dial: 3 });
    expect(told(edit, 'src/cpu.ts').filter((l) => /^(added|removed)/.test(l)))
      .toEqual(['removed     this.pc += 1;', 'added     this.pc += 2;']);
    const none = await desk.look({ files: lab.files, dial: 0 });
    expect(told(none, 'nothing')).toHaveLength(1);
  });

  test.each([
    [0, 'two.md:18 src/cpu.ts declares no reset'], [1, 'two.md:6 `this.pc += 1;` does not match'],
    [2, 'two.md:12 there is no slot "stale" yet'],
  ])('breaking it, way %i', async (n, message) => {
    const files = tried(lab.files, lab.tries[n]!);
    const picture = await open(lab).look({ files });
    expect(picture.ok).toBe(false);
    expect(told(picture, 'problems').join('\n')).toContain(message);
  });
});

describe('an edit in the wrong place', () => {
  const lab = labNamed('literate-sync');

  test('goes to the chapter that wrote the line', async () => {
    const desk = open(lab);
    const before = await desk.look({ files: lab.files });
    expect(before.verdict).toBe('1 change would go to two.md.');
    expect(told(before, 'back')).toContain('added halted = true;');
    const after = await desk.look({ files: lab.files, command: 'sync' });
    const again = await desk.look({ files: after.files! });
    expect(again.verdict).toBe('There is nothing to carry back.');
    expect(textsOf(after.files!)['two.md']).toContain('halted = true;');
  });

  test('goes to the anchors that quote it, too', async () => {
    const files = tried(lab.files, lab.tries[0]!);
    const { verdict } = await open(lab).look({ files });
    expect(verdict).toMatch(/^\d changes would go to (one.md and two|two.md and one).md\.$/);
  });

  test('is refused where both sides changed', async () => {
    const files = tried(lab.files, lab.tries[1]!);
    const desk = open(lab);
    const picture = await desk.look({ files });
    expect(told(picture, 'back')[0])
      .toMatch(/^two.md:8 changed here and, differently, in src\/cpu.ts/);
    const { files: written } = await desk.look({ files, command: 'sync' });
    expect(written).toBeUndefined();
  });

  test('is refused where an anchor is gone', async () => {
    const files = tried(lab.files, lab.tries[2]!);
    const { ok } = await open(lab).look({ files });
    expect(ok).toBe(false);
  });

  test('is lost where the chapters are tangled over it', async () => {
    const { files = [] } = await open(lab)
      .look({ files: lab.files, command: 'tangle' });
    expect(textsOf(files)['src/cpu.ts']).toContain('halted = false');
  });
});

describe('the small Node', () => {
  test.each(['', 'abc', 'x'.repeat(55), 'x'.repeat(56), 'x'.repeat(64),
    'ringfence — “64” bits'.repeat(100)])('SHA-256 of “%.20s”', (text) => {
    const bytes = new TextEncoder().encode(text);
    expect([...sha256(bytes)])
      .toEqual([...createHash('sha256').update(bytes).digest()]);
  });

  test('paths', () => {
    expect(pathModule.join('/a', '../b', './c.ts')).toBe('/b/c.ts');
    expect(pathModule.relative('src/lit', 'my/x.ts')).toBe('../../my/x.ts');
    expect(pathModule.resolve('/book/class', 'ada')).toBe('/book/class/ada');
    expect(pathModule.dirname('/a/b.ts')).toBe('/a');
  });

  test('a disk', () => {
    const disk = new Disk();
    const fs = fsOf(disk) as typeof import('node:fs');
    fs.writeFileSync('/a/b/c.txt', 'text');
    fs.renameSync('/a/b/c.txt', '/a/b/d.txt');
    expect(fs.readdirSync('/a')).toEqual(['b']);
    expect(fs.lstatSync('/a/b').isDirectory()).toBe(true);
    expect(fs.existsSync('/a/b/c.txt')).toBe(false);
    expect(fs.readFileSync('/a/b/d.txt', 'utf8')).toBe('text');
    fs.rmSync('/a');
    expect(fs.existsSync('/a/b/d.txt')).toBe(false);
    expect(() => fs.readFileSync('/none')).toThrow('ENOENT');
  });

  test('what stands in for a function is imported first, on the same line', () => {
    const text = 'one();\ntwo();\nimport { two } from "./x.ts";\nexport { two };\n';
    expect(importsFirst(text)).toBe(
      'import { two } from "./x.ts";one();\ntwo();\n\nexport { two };\n');
  });
});
