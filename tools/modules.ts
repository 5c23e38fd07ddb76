// Loads compiled modules of the book, in Node and in the page: the program
// under an exercise, and the program without some of its lines.

export type Exports = Record<string, unknown>;
interface Module {
  exports: Exports;
}
type Body = (
  require: (name: string) => unknown, exports: object, module: Module,
  process: object,
) => void;

/** Programs of the book that run when they are named on Node's command line
 * look there, and find that nobody named them. */
const NODE: object = { argv: [] };

/** Many instances run the same text. */
const bodies = new Map<string, Body>();

function bodyOf(path: string, code: string): Body {
  const known = bodies.get(code);
  if (known) return known;
  const body = new Function('require', 'exports', 'module', 'process',
    `${code}\n//# sourceURL=${path}`) as Body;
  bodies.set(code, body);
  return body;
}

/** Whether an import names a file of the book or of an exercise. */
export function isOurs(name: string): boolean {
  return name.startsWith('#book/') || name.startsWith('.');
}

/** The path that such an import in a file means. */
export function pathOf(from: string, name: string): string {
  if (name.startsWith('#book/')) return `src/${name.slice(6)}`;
  const parts = from.split('/').slice(0, -1);
  for (const part of name.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** What modules get that are not among the files. */
export interface Surroundings {
  /** Libraries by their names. */
  readonly libraries?: Readonly<Record<string, unknown>>;
  /** What `process` means. */
  readonly process?: object;
  /** Modules with these paths are another instance's. */
  readonly shared?: { readonly of: Modules; readonly paths: RegExp };
}

/** One instance of the modules in a set of files. */
export class Modules {
  private readonly loaded = new Map<string, Module>();

  /** @param files path → CommonJS text */
  constructor(
    private readonly files: Readonly<Record<string, string>>,
    private readonly around: Surroundings = {},
  ) {}

  /** A module's exports; throws where a file or a library is missing. */
  load(path: string): Exports {
    const { shared } = this.around;
    if (shared?.paths.test(path)) return shared.of.load(path);
    const known = this.loaded.get(path);
    if (known) return known.exports;
    const text = this.files[path];
    if (text === undefined) throw new Error(`there is no ${path}`);
    const module: Module = { exports: {} };
    this.loaded.set(path, module);
    bodyOf(path, text)(
      (name) => this.resolve(path, name), module.exports, module,
      this.around.process ?? NODE);
    return module.exports;
  }

  private resolve(from: string, name: string): unknown {
    if (isOurs(name)) return this.load(pathOf(from, name));
    const library = this.around.libraries?.[name];
    if (library !== undefined) return library;
    throw new Error(`${from} imports ${name}, which needs Node: `
      + 'run this on your own machine with npm run ex');
  }
}
