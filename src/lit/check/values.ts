import { join } from 'node:path';
import { docsOf } from '../book.ts';
import { readText, writeAtomic } from '../files.ts';
import type { Problem } from '../model.ts';
import type { Doc } from '../parse.ts';
import type { Desk } from './report.ts';

const VALUE =
  /([\w.,]*\d[\w.,]*?)<!--\s*run=(\S+)\s+key="([^"]+)"\s*-->/g;

/** The value after a key in a run's output. */
export function valueOf(text: string, key: string): string | undefined {
  const at = text.indexOf(key);
  if (at < 0) return undefined;
  const line = text.slice(at + key.length).split('\n', 1)[0] ?? '';
  const found = /(?:0x)?\d[\d_,.a-fA-F]*/.exec(line)?.[0];
  return found?.replace(/[.,]$/, '');
}

function bare(value: string): string {
  return value.replace(/[_,]/g, '').toLowerCase();
}

/** Thousands in groups, as the text prints them. */
function grouped(value: string): string {
  return /^\d{5,}$/.test(value)
    ? value.replace(/\B(?=(\d{3})+$)/g, ',') : value;
}

/** Compares the figures in the prose with the runs they come from;
 * `update` writes them instead. */
export function checkValues(
  desk: Desk, outputs: ReadonlyMap<string, string>,
): Problem[] {
  const { root, book, slugs, update } = desk;
  const runs = new Set(book.steps.flatMap(({ block }) =>
    block.kind === 'run' ? [block.target] : []));
  const docs = book.book.chapters
    .filter((chapter) => slugs.includes(chapter.slug)).flatMap(docsOf);
  const open = docs.flatMap(valuesIn).flatMap((value) => {
    const output = outputs.get(value.run);
    if (output === undefined && runs.has(value.run)) return [];
    const real = valueOf(output ?? '', value.key);
    const same = real !== undefined && bare(real) === bare(value.shown);
    return same ? [] : [{ ...value, real }];
  });
  if (update) rewrite(root, open);
  return open.filter(({ real }) => !update || real === undefined)
    .map(({ doc, line, shown, run, key, real }) => ({
      file: doc.file, line, col: 1,
      message: `${shown} is not what run=${run} says of "${key}": `
        + (real ?? 'nothing'),
    }));
}

/** A figure in the prose. */
interface Value {
  readonly doc: Doc;
  /** From 1. */
  readonly line: number;
  readonly all: string;
  readonly shown: string;
  readonly run: string;
  readonly key: string;
}

/** A value with what its run says now. */
type Found = Value & { readonly real: string | undefined };

function valuesIn(doc: Doc): Value[] {
  const inFence = (line: number): boolean => doc.fences.some((f) =>
    f.line <= line && line <= f.end);
  return doc.lines.flatMap((text, i) => inFence(i + 1) ? []
    : [...text.matchAll(VALUE)].map(
      ([all, shown = '', run = '', key = '']) =>
        ({ doc, line: i + 1, all, shown, run, key })));
}

function rewrite(root: string, values: readonly Found[]): void {
  for (const doc of new Set(values.map((value) => value.doc))) {
    const path = join(root, doc.file);
    let text = readText(path) ?? '';
    for (const { doc: own, all, shown, real } of values) {
      if (own !== doc || real === undefined) continue;
      text = text.replace(all, grouped(real) + all.slice(shown.length));
    }
    writeAtomic(path, text);
  }
}
