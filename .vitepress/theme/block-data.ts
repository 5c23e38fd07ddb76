// Fetches what the build wrote beside the pages: files' histories and what
// names mean, and turns it into rows to show.
import { withBase } from 'vitepress';

/** [born at block, gone at block, text] */
export type Strand = [birth: number, death: number, text: string];

export interface FileRow {
  kind: '' | 'add' | 'del' | 'here' | 'gap';
  text: string;
}

/** block order → line in the block → [column, length, text, doc][] */
export type Hovers = Record<string, Record<string, [number, number, number][]>>;
export interface PageHovers {
  texts: [code: string, doc: string][];
  blocks: Hovers;
}

const cache = new Map<string, Promise<unknown>>();

async function fetchJson<T>(path: string, otherwise: T): Promise<T> {
  const response = await fetch(withBase(path));
  return response.ok ? (await response.json()) as T : otherwise;
}

function once<T>(path: string, otherwise: T): Promise<T> {
  const found = cache.get(path) ?? fetchJson(path, otherwise);
  cache.set(path, found);
  return found as Promise<T>;
}

export function loadWeave(path: string): Promise<Strand[]> {
  return once(`/weave/${path}.json`, []);
}

export function loadHovers(page: string): Promise<PageHovers> {
  return once(`/hovers/${page}.json`, { texts: [], blocks: {} });
}

/** Of one page: what each of the hovers' texts names. */
export interface PageNames {
  of: number[];
  names: [name: string, path: string, defined: number, all: number[]][];
  places: [href: string, label: string][];
}

/** A name of the program: where it is defined, and what changed it. */
export interface NameFacts {
  name: string;
  path: string;
  code: string;
  doc: string;
  /** Nothing for a name that is not the program's. */
  defined: Link | undefined;
  changed: Link[];
}

export interface Link {
  href: string;
  label: string;
}

export function loadNames(page: string): Promise<PageNames> {
  return once(`/names/${page}.json`, { of: [], names: [], places: [] });
}

/** All that is known of one of a page's texts. */
export function factsOf(
  hovers: PageHovers, names: PageNames, text: number,
): NameFacts {
  const [code, doc] = hovers.texts[text] ?? ['', ''];
  const link = (place: number): Link => {
    const [href, label] = names.places[place] ?? ['', ''];
    return { href: withBase(`/${href}`), label };
  };
  const found = names.names[names.of[text] ?? -1];
  if (!found) return { name: '', path: '', code, doc, defined: undefined, changed: [] };
  const [name, path, defined, all] = found;
  return {
    name, path, code, doc, defined: link(defined),
    changed: all.filter((place) => place !== defined).map(link),
  };
}

/** The program's names in a block, each once, as they come. */
export function namesIn(
  hovers: PageHovers, names: PageNames, order: string,
): NameFacts[] {
  const rows = Object.values(hovers.blocks[order] ?? {}).flat();
  const seen = new Set<number>();
  return rows.map(([, , text]) => text)
    .filter((text) => {
      const n = names.of[text] ?? -1;
      return n >= 0 && !seen.has(n) && seen.add(n);
    })
    .map((text) => factsOf(hovers, names, text));
}

/** The file right after a block, its own lines marked. */
export function wholeRows(weave: Strand[], order: number): FileRow[] {
  return weave
    .filter(([birth, death]) => birth <= order && order < death)
    .map(([birth, , text]) => ({ kind: birth === order ? 'here' : '', text }));
}

/** Lines added and removed between two moments, with some around them. */
export function diffRows(
  weave: Strand[], start: number, order: number, around = 3,
): FileRow[] {
  const all = weave.flatMap<FileRow>(([birth, death, text]) => {
    const was = birth < start && start <= death;
    const is = birth <= order && order < death;
    if (was && is) return [{ kind: '', text }];
    if (is) return [{ kind: 'add', text: `+ ${text}` }];
    return was ? [{ kind: 'del', text: `- ${text}` }] : [];
  });
  const near = all.map((_, i) => all
    .slice(Math.max(0, i - around), i + around + 1)
    .some((row) => row.kind !== ''));
  const rows = all.flatMap<FileRow>((row, i) => {
    if (near[i]) return [row.kind === '' ? { kind: '', text: `  ${row.text}` } : row];
    return near[i - 1] ? [{ kind: 'gap', text: '⋯' }] : [];
  });
  return rows.length > 0 ? rows
    : [{ kind: 'gap', text: 'Nothing changed in this file since then.' }];
}

/** Which text explains the name under the pointer, if the build knew one. */
export function hoverAt(
  hovers: PageHovers, target: HTMLElement, event: MouseEvent,
): number | undefined {
  const line = target.closest('.line');
  const block = target.closest<HTMLElement>('.rf-block');
  const code = line?.closest('code');
  if (!line || !block || !code) return undefined;
  const row = [...code.querySelectorAll('.line')].indexOf(line);
  const column = columnAt(line, event);
  const found = hovers.blocks[block.dataset['order'] ?? '']?.[row]
    ?.find(([from, length]) => from <= column && column < from + length);
  return found?.[2];
}

function columnAt(line: Element, event: MouseEvent): number {
  const range = document.caretRangeFromPoint?.(event.clientX, event.clientY);
  if (!range || !line.contains(range.startContainer)) return -1;
  const before = document.createRange();
  before.setStart(line, 0);
  before.setEnd(range.startContainer, range.startOffset);
  return before.toString().length;
}
