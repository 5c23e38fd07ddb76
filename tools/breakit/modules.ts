// Loads compiled modules of the book, many times over: each program without
// one of its lines is an instance of its own, and shares the machine below
// the hypervisor, which it does not change. Runs in Node and in the page.

interface Module {
  exports: Record<string, unknown>;
}

type Body = (
  require: (name: string) => unknown, exports: object, module: Module,
) => void;

/** What no removal touches: the machine, the processor, the ABI. */
const SHARED = /^src\/(machine|x86|xen\/public)\//;

const bodies = new Map<string, Body>();

function bodyOf(path: string, code: string): Body {
  const known = bodies.get(code);
  if (known) return known;
  const body = new Function('require', 'exports', 'module',
    `${code}\n//# sourceURL=${path}`) as Body;
  bodies.set(code, body);
  return body;
}

export class Modules {
  private readonly loaded = new Map<string, Module>();

  /** @param files path → CommonJS text
   * @param base an instance whose machine to share */
  constructor(
    private readonly files: Readonly<Record<string, string>>,
    private readonly base?: Modules,
    private readonly changed: Readonly<Record<string, string>> = {},
  ) {}

  load(path: string): Record<string, unknown> {
    if (this.base && SHARED.test(path)) return this.base.load(path);
    const known = this.loaded.get(path);
    if (known) return known.exports;
    const text = this.changed[path] ?? this.files[path];
    if (text === undefined) throw new Error(`there is no ${path}`);
    const module: Module = { exports: {} };
    this.loaded.set(path, module);
    bodyOf(path, text)((name) => this.load(join(path, name)), module.exports, module);
    return module.exports;
  }
}

function join(from: string, name: string): string {
  if (!name.startsWith('.')) throw new Error(`${from} imports ${name}`);
  const parts = from.split('/').slice(0, -1);
  for (const part of name.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
