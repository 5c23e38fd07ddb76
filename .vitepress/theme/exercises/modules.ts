// A module loader in the reader's browser. The book's modules come compiled;
// the learner's own is compiled here, its types only taken off.
import { transform } from 'sucrase';
import { isOurs, pathOf } from './paths';

export type Builtins = Record<string, unknown>;

/** Programs of the book that run when they are named on Node's command line
 * look there, and find that nobody named them. */
const NODE = { argv: [] as string[] };

interface Module {
  exports: Record<string, unknown>;
}

/** Loads modules from a set of files by path. */
export class Modules {
  private readonly loaded = new Map<string, Module>();

  constructor(
    private readonly files: Record<string, string>,
    private readonly builtins: Builtins,
    private readonly answer: string,
  ) {}

  /** A module's exports; throws where a file or a library is missing. */
  load(path: string): Record<string, unknown> {
    const known = this.loaded.get(path);
    if (known) return known.exports;
    const text = this.files[path];
    if (text === undefined) throw new Error(`there is no ${path}`);
    const module: Module = { exports: {} };
    this.loaded.set(path, module);
    const code = path === this.answer ? compile(path, text) : text;
    const body = new Function('require', 'exports', 'module', 'process',
      `${code}\n//# sourceURL=${path}`);
    body((name: string) => this.resolve(path, name), module.exports,
      module, NODE);
    return module.exports;
  }

  private resolve(from: string, name: string): unknown {
    if (isOurs(name)) return this.load(pathOf(from, name));
    const builtin = this.builtins[name];
    if (builtin) return builtin;
    throw new Error(`${from} imports ${name}, which needs Node: `
      + 'run this exercise on your own machine with npm run ex');
  }
}

function compile(path: string, text: string): string {
  const { code } = transform(text, {
    transforms: ['typescript', 'imports'], filePath: path,
    disableESTransforms: true, preserveDynamicImport: true,
  });
  return early(text) + code;
}

/** Exported functions exist before a module's first line, also for those
 * whose loading made it load. */
function early(text: string): string {
  const names = [...text.matchAll(/^export function (\w+)/gm)].map((m) => m[1]);
  return names.map((name) => `exports.${name} = ${name};`).join('');
}
