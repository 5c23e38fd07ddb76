// Gives each code block of the book its caption, carets and grey context.
// A fence of the program becomes a small frame of tokens; the fences inside
// it are left to the site's own highlighter.
import type { MarkdownRenderer } from 'vitepress';
import type { ChapterInfo } from '../book.ts';
import type { Block } from '../../src/lit/model.ts';
import { keyOf } from '../../src/lit/view.ts';
import { type BlockView, currentModel } from '../page-model.ts';
import { EDIT } from './highlighter.ts';

type Token = ReturnType<MarkdownRenderer['parse']>[number];
type StateCore = Parameters<
  Parameters<MarkdownRenderer['core']['ruler']['push']>[1]
>[0];

interface Env {
  relativePath?: string;
}

const KIND_NAMES: Partial<Record<Block['kind'], string>> = {
  test: 'test',
  show: 'as it stands now',
  scratch: 'an aside, not part of the program',
  run: 'in the terminal',
  exercise: 'your turn',
  'exercise-test': 'what checks it',
};

/** A markdown-it plug-in; `book` gives the slugs. */
export function ringfenceBlocks(md: MarkdownRenderer, book: ChapterInfo[]): void {
  const pages = new Set(book.flatMap((c) => [`${c.slug}.md`, `${c.slug}.more.md`]));
  md.core.ruler.after('block', 'ringfence_blocks', (state) => {
    const page = (state.env as Env).relativePath ?? '';
    if (pages.has(page)) frameAll(md, state, `chapters/${page}`);
  });
}

function frameAll(md: MarkdownRenderer, state: StateCore, file: string): void {
  const model = currentModel();
  const doc = model.docs.get(file);
  if (!doc) return;
  let n = 0;
  state.tokens = state.tokens.flatMap((token) => {
    if (token.type !== 'fence') return [token];
    const fence = doc.fences[n++];
    const block = doc.blocks.find((b) => b.line === fence?.line);
    if (!block) return [token];
    const view = model.views.get(keyOf(block));
    const framed = frame(md, state, token, block, view);
    const last = doc.blocks.findLast((b) =>
      b.kind === 'exercise-test' && b.target === block.target);
    return block === last ? [...framed, pad(state, block)] : framed;
  });
}

function html(state: StateCore, content: string): Token {
  const token = new state.Token('html_block', '', 0);
  token.content = `${content}\n`;
  return token;
}

function fence(
  state: StateCore, like: Token, lang: string, content: string,
): Token {
  const token = new state.Token('fence', 'code', 0);
  token.info = lang;
  token.markup = like.markup;
  token.content = content;
  token.map = like.map;
  token.block = true;
  return token;
}

function frame(
  md: MarkdownRenderer, state: StateCore, token: Token, block: Block,
  view: BlockView | undefined,
): Token[] {
  const lang = block.lang === 'console' ? 'ansi' : block.lang || 'txt';
  const text = view?.shown ? `${view.shown.join('\n')}\n` : token.content;
  const info = block.kind === 'edit' ? `${lang} ${EDIT}` : lang;
  const code = fence(state, token, info, text);
  if (block.kind === 'hint') return hint(state, token);
  const context = (lines: string[]): Token[] => lines.length === 0 ? [] : [
    html(state, '<div class="rf-context" aria-label="around it">'),
    fence(state, token, lang, `${lines.join('\n')}\n`),
    html(state, '</div>'),
  ];
  const id = view?.id ?? `line-${block.line}`;
  const lines = [text.trimEnd(), ...(view?.before ?? []), ...(view?.after ?? [])]
    .join('\n').split('\n').length;
  const order = view ? ` data-order="${view.order}"`
    + ` data-start="${view.chapterStart}"`
    + (isWoven(view) ? ` data-path="${md.utils.escapeHtml(view.path)}"` : '') : '';
  return [
    html(state, `<div class="rf-block kind-${block.kind}" id="${id}"${order}`
      + ` style="--rf-lines:${lines}">`
      + caption(md, block, view)),
    ...context(view?.before ?? []),
    code,
    ...context(view?.after ?? []),
    html(state, '</div>'),
  ];
}

/** Under an exercise's last test: the place to try it in the page. */
function pad(state: StateCore, block: Block): Token {
  return html(state, `<ExercisePad id="${block.target}" />`);
}

function hint(state: StateCore, token: Token): Token[] {
  return [
    html(state, '<details class="rf-hint"><summary>A hint</summary>'),
    ...state.md.parse(token.content, {}),
    html(state, '</details>'),
  ];
}

function caption(
  md: MarkdownRenderer, block: Block, view: BlockView | undefined,
): string {
  const e = md.utils.escapeHtml;
  const kind = KIND_NAMES[block.kind];
  const file = `<span class="rf-file">${e(view?.path || block.target)}</span>`;
  const where = view?.where
    ? `<span class="rf-where">${e(view.where).replace(/`([^`]+)`/g, '<code>$1</code>')}</span>`
    : `<span class="rf-where">${kind ? e(kind) : ''}</span>`;
  const title = block.words.get('title');
  const name = title ? `<strong>${e(title)}</strong>` : '';
  return `<div class="rf-caption">${name}${file}${where}${tools(md, view)}</div>`;
}

/** Whether the block changes or shows a file of the program, which has a
 * history: an exercise and a command's output have none. */
function isWoven(view: BlockView): boolean {
  return currentModel().weaves.has(view.path);
}

function tools(md: MarkdownRenderer, view: BlockView | undefined): string {
  if (!view) return '';
  const e = md.utils.escapeHtml;
  const caret = (to: string | undefined, sign: string, what: string) =>
    to ? `<a data-rf-to="${what}" href="${e(to)}" aria-label="${what} block that touches this"`
      + ` title="${what} block that touches this">${sign}</a>` : '';
  const names = /\.tsx?$/.test(view.path)
    ? '<button type="button" data-rf="names">names</button>' : '';
  return '<span class="rf-tools">'
    + `<a class="rf-anchor" href="#${view.id}" aria-label="link to this block"`
    + ' title="link to this block; copies it too">#</a>'
    + caret(view.previous, '▲', 'previous')
    + caret(view.next, '▼', 'next')
    + (isWoven(view)
      ? '<button type="button" data-rf="whole">whole file here</button>'
        + '<button type="button" data-rf="diff">since last chapter</button>'
      : '')
    + `${names}</span>`;
}
