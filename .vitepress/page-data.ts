// Writes (or, while developing, serves) what pages fetch on demand:
// weave/PATH.json, a file's whole history, hovers/PAGE.json, what the names
// in a page's blocks mean at the end of their chapter, and bench/book.json,
// what a lab bench shows of the book.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';
import { exerciseData } from './exercise-data.ts';
import { currentModel, type PageModel } from './page-model.ts';
import { hoversOf } from './hovers.ts';
import { benchData, type BookLinks } from './bench-data.ts';
import { linksOf } from '../src/labs/links.ts';

export function writePageData(outDir: string): void {
  const model = currentModel();
  if (model.problems.length > 0) {
    throw new Error(`the book has errors:\n${model.problems.join('\n')}`);
  }
  for (const [path, strands] of model.weaves) {
    writeJson(join(outDir, 'weave', `${path}.json`), strands);
  }
  writeExercises(outDir, model);
  writeJson(join(outDir, 'bench', 'book.json'), benchOf(model));
  for (const [page, hovers] of hoversOf(model)) {
    writeJson(join(outDir, 'hovers', `${page}.json`), hovers);
  }
}

function writeExercises(outDir: string, model: PageModel): void {
  const { exercises, texts } = exerciseData(model);
  for (const [id, data] of exercises) {
    writeJson(join(outDir, 'exercises', `${id}.json`), data);
  }
  for (const [name, text] of texts) {
    writeText(join(outDir, 'texts', `${name}.txt`), text);
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
        const match = /\/(weave|hovers|exercises|texts|bench)\/(.+)\.(json|txt)$/
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
  const model = currentModel();
  if (kind === 'weave') return model.weaves.get(name);
  if (kind === 'hovers') return hoversOf(model, name).get(name);
  if (kind === 'texts') return texts.get(name);
  if (kind === 'bench') return benchOf(model);
  const found = exerciseData(model, name);
  for (const [hash, text] of found.texts) texts.set(hash, text);
  return found.exercises.get(name);
}
