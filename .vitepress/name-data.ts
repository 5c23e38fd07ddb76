// For each page, the names that its hovers explain: where each is defined,
// and which blocks changed it. The hovers' own text says what a name is; a
// name of the program is found from there by the imports of its file.
import { posix } from 'node:path';
import { render, type Snapshot } from '../src/lit/model.ts';
import { type Histories, historiesOf } from './history.ts';
import type { PageHovers } from './hovers.ts';
import type { PageModel } from './page-model.ts';
import { placeOf } from './places.ts';

export interface PageNames {
  /** For each of the hovers' texts a name's number, or -1. */
  readonly of: number[];
  /** [name, file, place where defined, all places in order] */
  readonly names: [string, string, number, number[]][];
  /** [href, label] */
  readonly places: [string, string][];
}

/** The names of one page. */
export function namesOf(
  model: PageModel, page: string, hovers: PageHovers,
): PageNames {
  const slug = page.replace(/\.more$/, '');
  const end = model.program.ends.get(slug) ?? new Map();
  const finder = new Finder(historiesOf(model.program), end);
  const from = firstPaths(model, hovers);
  const result: PageNames = { of: [], names: [], places: [] };
  const numbers = new Map<string, number>();
  const places = new Map<string, number>();
  const place = (href: string, label: string): number => {
    const n = places.get(href) ?? result.places.push([href, label]) - 1;
    places.set(href, n);
    return n;
  };
  hovers.texts.forEach(([code], text) => {
    const key = finder.find(code, from.get(text) ?? '');
    const entry = key === undefined ? undefined : finder.histories.get(key);
    if (key === undefined || !entry) {
      result.of.push(-1);
      return;
    }
    let n = numbers.get(key);
    if (n === undefined) {
      const at = (block: typeof entry.born): number => {
        const { href, label } = placeOf(model, block);
        return place(href, label);
      };
      n = result.names.push([
        entry.name, entry.path, at(entry.born), entry.blocks.map(at)]) - 1;
      numbers.set(key, n);
    }
    result.of.push(n);
  });
  return result;
}

/** The file in which each text of a page is met first. */
function firstPaths(model: PageModel, hovers: PageHovers): Map<number, string> {
  const paths = new Map(model.program.steps.map((s) => [String(s.block.order), s.path ?? '']));
  const found = new Map<number, string>();
  for (const [order, rows] of Object.entries(hovers.blocks)) {
    for (const [, , text] of Object.values(rows).flat()) {
      if (!found.has(text)) found.set(text, paths.get(order) ?? '');
    }
  }
  return found;
}

const MEMBER = /^\((?:method|property|getter|setter|accessor|enum member)\) ([\w$]+)(?:<.*?>)?\.([\w$]+)/;
const NAME = /^(?:\(alias\) )?(?:async )?(?:const|let|var|function|class|interface|type|enum|abstract class) ([\w$]+)/;
const CALLED = /^\(alias\) ([\w$]+)[(<]/;

/** Finds what the first line of a hover speaks of. */
class Finder {
  private readonly imports = new Map<string, Map<string, string[]>>();
  private readonly owners = new Map<string, string[]>();

  constructor(readonly histories: Histories, private readonly snapshot: Snapshot) {
    for (const { name, path } of histories.values()) {
      if (!name.includes('.') || !snapshot.has(path)) continue;
      this.owners.set(name, [...(this.owners.get(name) ?? []), path]);
    }
  }

  /** The history's key, or nothing for a name that is not the book's. */
  find(code: string, path: string): string | undefined {
    const member = MEMBER.exec(code);
    if (member) return this.member(`${member[1]}.${member[2]}`, path);
    const name = (NAME.exec(code) ?? CALLED.exec(code))?.[1];
    return name === undefined ? undefined : this.top(name, path, 4);
  }

  private top(name: string, path: string, depth: number): string | undefined {
    if (this.histories.has(`${path}#${name}`)) return `${path}#${name}`;
    if (depth === 0) return undefined;
    const ways = this.importsOf(path);
    for (const next of ways.get(name) ?? ways.get('*') ?? []) {
      const found = this.top(name, next, depth - 1);
      if (found) return found;
    }
    return undefined;
  }

  /** Of types with the same name the one nearest by imports; of a member
   * that stands nowhere by itself, such as a parameter that a constructor
   * keeps, its type. */
  private member(name: string, path: string): string | undefined {
    const owners = this.owners.get(name) ?? [];
    if (owners.length === 0) return this.top(name.split('.')[0] ?? '', path, 4);
    if (owners.length === 1) return `${owners[0]}#${name}`;
    let ring = [path];
    const seen = new Set(ring);
    while (ring.length > 0) {
      const hit = ring.find((p) => owners.includes(p));
      if (hit) return `${hit}#${name}`;
      ring = ring.flatMap((p) => [...this.importsOf(p).values()].flat())
        .filter((p) => !seen.has(p) && seen.add(p));
    }
    return undefined;
  }

  /** What a file imports or passes on: name → files; `*` for all. */
  private importsOf(path: string): Map<string, string[]> {
    const done = this.imports.get(path);
    if (done) return done;
    const found = new Map<string, string[]>();
    this.imports.set(path, found);
    const text = render(this.snapshot.get(path) ?? []);
    const pattern = /\b(?:import|export)\s+(?:type\s+)?(\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})\s*from\s*'(\.[^']+)'/g;
    for (const [, what = '', from = ''] of text.matchAll(pattern)) {
      const file = posix.join(posix.dirname(path), from);
      const names = what.startsWith('*') ? ['*'] : what.slice(1, -1).split(',')
        .map((n) => n.trim().replace(/^type\s+/, '').split(/\s+as\s+/)[0] ?? '');
      for (const name of names) found.set(name, [...(found.get(name) ?? []), file]);
    }
    return found;
  }
}
