// A disk in memory, and the part of Node's own modules that the book's tools
// use of it. Paths are absolute and POSIX.

export class Disk {
  readonly files = new Map<string, string>();

  isFolder(path: string): boolean {
    if (path === '') return false;
    const inside = `${path.replace(/\/$/, '')}/`;
    return [...this.files.keys()].some((name) => name.startsWith(inside));
  }

  /** All files below a folder: relative path to text. */
  below(folder: string): Map<string, string> {
    const inside = `${folder}/`;
    return new Map([...this.files]
      .filter(([name]) => name.startsWith(inside))
      .map(([name, text]) => [name.slice(inside.length), text]));
  }
}

interface Entry {
  name: string;
  size: number;
  mtimeMs: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** `node:fs`, as far as it goes. */
export function fsOf(disk: Disk): Record<string, unknown> {
  const { files } = disk;
  const there = (path: string): boolean =>
    files.has(path) || disk.isFolder(path);
  const entry = (path: string): Entry => ({
    name: path.split('/').at(-1) ?? '', mtimeMs: 0,
    size: files.get(path)?.length ?? 0,
    isFile: () => files.has(path), isDirectory: () => disk.isFolder(path),
  });
  const stat = (path: string, how?: { throwIfNoEntry?: boolean }) => {
    if (there(path)) return entry(path);
    if (how?.throwIfNoEntry === false) return undefined;
    throw new Error(`ENOENT: no such file, '${path}'`);
  };
  const read = (from: string | URL): string => {
    const path = typeof from === 'string' ? from : from.pathname;
    const text = files.get(path);
    if (text === undefined) throw new Error(`ENOENT: no such file, '${path}'`);
    return text;
  };
  return {
    existsSync: there, statSync: stat, lstatSync: stat,
    readFileSync: read, realpathSync: (path: string) => path,
    mkdirSync: () => undefined, rmdirSync: () => undefined,
    writeFileSync: (path: string, text: string) => { files.set(path, text); },
    writeSync: () => undefined,
    renameSync: (from: string, to: string) => {
      files.set(to, read(from));
      files.delete(from);
    },
    rmSync: (path: string) => {
      files.delete(path);
      for (const name of disk.below(path).keys()) {
        files.delete(`${path}/${name}`);
      }
    },
    readdirSync: (path: string, how?: { withFileTypes?: boolean }) => {
      const names = new Set([...disk.below(path).keys()]
        .map((name) => name.split('/')[0] ?? ''));
      return how?.withFileTypes
        ? [...names].map((name) => entry(`${path}/${name}`)) : [...names];
    },
  };
}

/** A path without `.`, `..` and empty parts. */
function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return (path.startsWith('/') ? '/' : '') + parts.join('/') || '.';
}

const dirname = (path: string): string =>
  path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.';
const join = (...parts: string[]): string =>
  normal(parts.filter((part) => part !== '').join('/'));

function relative(from: string, to: string): string {
  const [a, b] = [from, to].map((path) =>
    normal(path).split('/').filter((part) => part !== '.'));
  let same = 0;
  while (same < a!.length && a![same] === b![same]) same++;
  return [...a!.slice(same).map(() => '..'), ...b!.slice(same)].join('/');
}

const posix = {
  join, dirname, relative, normalize: normal, sep: '/',
  basename: (path: string): string => path.split('/').at(-1) ?? '',
  resolve: (...parts: string[]): string => normal(
    `/${parts.slice(parts.findLastIndex((p) => p.startsWith('/'))).join('/')}`),
};

/** `node:path`. */
export const pathModule = { ...posix, posix };
