// What the site's search indexes: a section's prose, without its code, and
// beside it each block as an entry of its own, which weighs little. So a word
// finds where it is explained before where it is used.
import { basename } from 'node:path';
import type { Block } from '../src/lit/model.ts';
import type { Doc } from '../src/lit/parse.ts';
import { keyOf } from '../src/lit/view.ts';
import { currentModel } from './page-model.ts';
import { headingAbove } from './places.ts';

/** What VitePress adds to its index. */
export interface Section {
  anchor?: string;
  titles: string[];
  text: string;
}

interface Markdown {
  renderAsync(text: string, env: object): Promise<string>;
}
interface Env {
  frontmatter?: { search?: boolean };
}

/** A page's prose as HTML; a page may keep out of the search. */
export async function prose(text: string, env: Env, md: Markdown): Promise<string> {
  const html = await md.renderAsync(withoutFences(text), env);
  return env.frontmatter?.search === false ? '' : html;
}

function withoutFences(text: string): string {
  let fence = '';
  return text.split(/\r?\n/).filter((line) => {
    const ticks = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === '' && ticks === undefined) return true;
    if (fence === '') fence = ticks ?? '';
    else if (line.trim() === fence) fence = '';
    return false;
  }).join('\n');
}

const HEADING = /<h([1-6])[^>]*>(.*?)<a [^>]*href="#([^"]*)"[^>]*>.*?<\/a>\s*<\/h\1>/gs;

/** A page's sections, then its blocks. */
export function sectionsOf(file: string, html: string): Section[] {
  const heads = [...html.matchAll(HEADING)];
  const above: string[] = [];
  const sections = heads.map((head, i): Section => {
    const level = Number(head[1]);
    above.length = level - 1;
    above[level - 1] = plain(head[2] ?? '');
    const from = head.index + head[0].length;
    return {
      ...(level === 1 ? {} : { anchor: head[3] ?? '' }),
      titles: above.filter((t) => t !== undefined),
      text: plain(html.slice(from, heads[i + 1]?.index ?? html.length)),
    };
  });
  const doc = currentModel().docs.get(`chapters/${basename(file)}`);
  return doc ? [...sections, ...blockSections(doc, sections[0]?.titles[0] ?? '')] : sections;
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'", '#8203': '',
};

function plain(html: string): string {
  return html.replace(/<[^>]*>/g, ' ')
    .replace(/&(#?\w+);/g, (all, name: string) => ENTITIES[name] ?? all)
    .replace(/\s+/g, ' ').trim();
}

function blockSections(doc: Doc, page: string): Section[] {
  const { views } = currentModel();
  return doc.blocks.flatMap((block) => {
    const view = views.get(keyOf(block));
    if (!view || block.kind === 'show') return [];
    return [{
      anchor: view.id,
      titles: [page, headingAbove(doc, block), `code of ${view.path}`],
      text: wordsOf(block),
    }];
  });
}

/** Each name once: how often a block uses it says nothing. */
function wordsOf(block: Block): string {
  const words = block.body.join('\n').match(/[A-Za-z_]\w{2,}/g) ?? [];
  return [...new Set(words)].join(' ');
}

/** Runs in the reader's browser, by its own text alone. */
export function weightOf(id: string): number {
  return /#code-\d+$/.test(id) ? 0.02 : 1;
}
