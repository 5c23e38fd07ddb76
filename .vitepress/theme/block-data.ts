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

/** The name under the pointer, if the build knew one there. */
export function hoverAt(
  hovers: PageHovers, target: HTMLElement, event: PointerEvent,
): { code: string; doc: string } | undefined {
  const line = target.closest('.line');
  const block = target.closest<HTMLElement>('.rf-block');
  const code = line?.closest('code');
  if (!line || !block || !code) return undefined;
  const row = [...code.querySelectorAll('.line')].indexOf(line);
  const column = columnAt(line, event);
  const found = hovers.blocks[block.dataset['order'] ?? '']?.[row]
    ?.find(([from, length]) => from <= column && column < from + length);
  const text = found && hovers.texts[found[2]];
  return text && { code: text[0], doc: text[1] };
}

function columnAt(line: Element, event: PointerEvent): number {
  const range = document.caretRangeFromPoint?.(event.clientX, event.clientY);
  if (!range || !line.contains(range.startContainer)) return -1;
  const before = document.createRange();
  before.setStart(line, 0);
  before.setEnd(range.startContainer, range.startOffset);
  return before.toString().length;
}
