// Writes (or, while developing, serves) what pages fetch on demand:
// weave/PATH.json, a file's whole history; hovers/PAGE.json, what the names
// in a page's blocks mean at the end of their chapter; names/PAGE.json, where
// those of the program are defined and changed; break/CHAPTER.json;
// bench/book.json, what a lab bench shows of the book; toollab/CHAPTER.json,
// the modules that a bench of the book's tools runs; and types/, what the
// exercises' type checker needs beside the book.
import { fork } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';
import { breakData } from './break-data.ts';
import { exerciseData } from './exercise-data.ts';
import { currentModel, type PageModel } from './page-model.ts';
import { hoversOf, type PageHovers } from './hovers.ts';
import { namesOf } from './name-data.ts';
import type { Made } from './page-data-child.ts';
import { benchData, type BookLinks } from './bench-data.ts';
import { toolLabData } from './toollab-data.ts';
import { languageTypes, packageTypes } from './type-data.ts';
import { keyOf } from '../src/lit/view.ts';
import { linksOf } from '../src/labs/links.ts';

/** What takes half a minute of a processor that else would wait. */
export class Maker {
  private made: Promise<Made> | undefined;

  /** Begins it in a process of its own, if it has not begun. */
  start(): Promise<Made> {
    if (this.made) return this.made;
    const script = join(import.meta.dirname, 'page-data-child.ts');
    const child = fork(script, {
      execArgv: ['--import', 'tsx'], serialization: 'advanced',
    });
    process.once('exit', () => child.kill());
    this.made = new Promise((resolve, reject) => {
      child.on('message', (made) => resolve(made as Made));
      child.on('close', (code) =>
        reject(new Error(`making the pages' data ended with code ${code}`)));
    });
    this.made.catch(() => {});
    return this.made;
  }
}

/** Begins it with the build. */
export function startWithBuild(maker: Maker): Plugin {
  return {
    name: 'ringfence-maker', apply: 'build',
    buildStart() { void maker.start(); },
  };
}

/** Writes everything; throws where the book has errors. */
export async function writePageData(
  outDir: string, maker: Maker,
): Promise<void> {
  const model = currentModel();
  if (model.problems.length > 0) {
    throw new Error(`the book has errors:\n${model.problems.join('\n')}`);
  }
  for (const [path, strands] of model.weaves) {
    writeJson(join(outDir, 'weave', `${path}.json`), strands);
  }
  writeBreakIt(outDir);
  writeTypes(outDir, model);
  writeJson(join(outDir, 'bench', 'book.json'), benchOf(model));
  const { hovers, exercises, texts, toolLabs } = await maker.start();
  for (const page of pagesWithBlocks(model)) {
    const data = hovers.get(page) ?? NOTHING;
    writeJson(join(outDir, 'hovers', `${page}.json`), data);
    writeJson(join(outDir, 'names', `${page}.json`), namesOf(model, page, data));
  }
  for (const [id, data] of exercises) {
    writeJson(join(outDir, 'exercises', `${id}.json`), data);
  }
  for (const [id, modules] of toolLabs) {
    writeJson(join(outDir, 'toollab', `${id}.json`), modules);
  }
  for (const [name, text] of texts) {
    writeText(join(outDir, 'texts', `${name}.txt`), text);
  }
}

const NOTHING: PageHovers = { texts: [], blocks: {} };

/** Pages with code at which a reader may point; not all of it has names. */
function pagesWithBlocks({ docs, views }: PageModel): string[] {
  return [...docs].filter(([, doc]) => doc.blocks.some((b) => views.has(keyOf(b))))
    .map(([file]) => file.replace(/^chapters\//, '').replace(/\.md$/, ''));
}

/** break/CHAPTER.json, the lines that refuse, and break/program.json. */
function writeBreakIt(outDir: string): void {
  const { program, chapters } = breakData(process.cwd());
  writeJson(join(outDir, 'break', 'program.json'), program);
  for (const [slug, lines] of chapters) {
    writeJson(join(outDir, 'break', `${slug}.json`), lines);
  }
}

/** types/language.json, and types/packages/NAME.json. */
function writeTypes(outDir: string, model: PageModel): void {
  const language = languageTypes(model.program);
  writeJson(join(outDir, 'types', 'language.json'), language);
  for (const name of language.packages) {
    writeJson(join(outDir, 'types', 'packages', `${name}.json`),
      packageTypes(name));
  }
}

/** Handlers are read from the program's own tables. */
function benchOf(model: PageModel): BookLinks {
  const root = join(import.meta.dirname, '..');
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  return benchData(model, linksOf(read));
}

function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function writeJson(path: string, value: unknown): void {
  writeText(path, JSON.stringify(value));
}

/** The same data from the dev server, made when asked for. */
export function pageDataServer(): Plugin {
  const texts = new Map<string, string>();
  return {
    name: 'ringfence-page-data',
    configureServer(server) {
      server.middlewares.use((req, res, next) => {
        const match = /\/(weave|hovers|names|exercises|texts|break|bench|types|toollab)\/(.+)\.(json|txt)$/
          .exec(req.url?.replace(/\?.*/, '') ?? '');
        if (!match) return next();
        const [, kind = '', name = '', end] = match;
        const value = answer(kind, decodeURIComponent(name), texts);
        if (value === undefined) return next();
        res.setHeader('content-type',
          end === 'json' ? 'application/json' : 'text/plain');
        res.end(end === 'json' ? JSON.stringify(value) : value);
      });
    },
  };
}

function answer(
  kind: string, name: string, texts: Map<string, string>,
): unknown {
  if (kind === 'break') {
    const { program, chapters } = breakData(process.cwd());
    return name === 'program' ? program : chapters.get(name);
  }
  if (kind === 'types' && name.startsWith('packages/')) {
    return packageTypes(name.slice('packages/'.length));
  }
  const model = currentModel();
  if (kind === 'types') return languageTypes(model.program);
  if (kind === 'weave') return model.weaves.get(name);
  if (kind === 'hovers' || kind === 'names') {
    if (!pagesWithBlocks(model).includes(name)) return undefined;
    const hovers = hoversOf(model.program, name).get(name) ?? NOTHING;
    return kind === 'hovers' ? hovers : namesOf(model, name, hovers);
  }
  if (kind === 'texts') return texts.get(name);
  if (kind === 'bench') return benchOf(model);
  if (kind === 'toollab') return toolLabData(model.program, name).get(name);
  const found = exerciseData(model.program, name);
  for (const [hash, text] of found.texts) texts.set(hash, text);
  return found.exercises.get(name);
}
