// Writes (or, while developing, serves) what pages fetch on demand:
// weave/PATH.json, a file's whole history, and hovers/PAGE.json, what the
// names in a page's blocks mean at the end of their chapter.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';
import { currentModel } from './page-model.ts';
import { hoversOf } from './hovers.ts';

export function writePageData(outDir: string): void {
  const model = currentModel();
  if (model.problems.length > 0) {
    throw new Error(`the book has errors:\n${model.problems.join('\n')}`);
  }
  for (const [path, strands] of model.weaves) {
    writeJson(join(outDir, 'weave', `${path}.json`), strands);
  }
  for (const [page, hovers] of hoversOf(model)) {
    writeJson(join(outDir, 'hovers', `${page}.json`), hovers);
  }
}

function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value));
}

/** The same data from the dev server, made when asked for. */
export function pageDataServer(): Plugin {
  return {
    name: 'ringfence-page-data',
    configureServer(server) {
      server.middlewares.use((req, res, next) => {
        const match = /\/(weave|hovers)\/(.+)\.json$/.exec(req.url ?? '');
        if (!match) return next();
        const [, kind, name = ''] = match;
        const model = currentModel();
        const value = kind === 'weave'
          ? model.weaves.get(decodeURIComponent(name))
          : hoversOf(model, name).get(name);
        res.setHeader('content-type', 'application/json');
        res.statusCode = value ? 200 : 404;
        res.end(JSON.stringify(value ?? null));
      });
    },
  };
}
