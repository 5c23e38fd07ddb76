// From a page's HTML to a sheet: buttons go, widgets become a line that says
// where they live, colours become classes, and links lead into the book.
import { type DefaultTreeAdapterTypes as Tree, parseFragment } from 'parse5';
import type { Palette } from './palette.ts';
import { isElement, isText, textOf, xhtml } from './xhtml.ts';

export interface Job {
  readonly name: string;
  /** The ids of every sheet that is being made. */
  readonly ids: ReadonlyMap<string, ReadonlySet<string>>;
  readonly palette: Palette;
  /** Collects the pictures that are shown. */
  readonly pictures: Set<string>;
  readonly prefix: (name: string) => string;
  readonly link: (name: string, id: string | undefined) => string;
  readonly picture: (path: string) => string;
}

export interface Cleaned {
  readonly title: string;
  readonly xhtml: string;
  readonly sections: { id: string; title: string }[];
}

/** A page's HTML, cleaned. */
export function cleaned(html: string, job: Job): Cleaned {
  const tree = parseFragment(closed(html));
  walk(tree, job);
  const headings = tree.childNodes.filter(isElement);
  const first = headings.find((e) => e.tagName === 'h1');
  const sections = headings.filter((e) => e.tagName === 'h2').map((e) => ({
    id: attr(e, 'id') ?? '', title: textOf(e).trim(),
  }));
  return {
    title: first ? textOf(first).trim() : job.name,
    xhtml: xhtml(tree.childNodes), sections,
  };
}

/** Vue's `<Name … />` closes itself; in HTML it would not. */
function closed(html: string): string {
  return html.replace(/<([A-Z]\w*)((?:\s[^<>]*?)?)\s*\/>/g, '<$1$2></$1>');
}

function attr(e: Tree.Element, name: string): string | undefined {
  return e.attrs.find((a) => a.name === name)?.value;
}

function setAttr(e: Tree.Element, name: string, value: string | undefined): void {
  e.attrs = e.attrs.filter((a) => a.name !== name);
  if (value !== undefined) e.attrs.push({ name, value });
}

const hasClass = (e: Tree.Element, name: string): boolean =>
  (attr(e, 'class') ?? '').split(/\s+/).includes(name);

/** Lines of a block that may be cut by the end of a page. */
const LONG = 16;

const SCREEN = new Set(
  ['loading', 'decoding', 'tabindex', 'target', 'rel', 'aria-label', 'dir']);

/** What only a screen can use. */
function unwanted(e: Tree.Element): boolean {
  return ['button', 'script', 'style', 'dialog', 'input'].includes(e.tagName)
    || ['header-anchor', 'rf-tools', 'rf-dark-only', 'copy'].some((c) => hasClass(e, c))
    || (e.tagName === 'span' && hasClass(e, 'lang'));
}

function walk(parent: Tree.ParentNode, job: Job): void {
  parent.childNodes = parent.childNodes.flatMap((node) => {
    if (isElement(node)) return kept(node, job);
    return isText(node) ? [node] : [];
  });
  for (const node of parent.childNodes) node.parentNode = parent;
}

/** What becomes of an element: itself, others, or nothing. */
function kept(e: Tree.Element, job: Job): Tree.ChildNode[] {
  if (unwanted(e)) return [];
  if (e.tagName === 'bookimage') e.tagName = e.nodeName = 'img';
  if (!isKnown(e)) return [placeholder(e, job)];
  if (e.tagName === 'pre') return [code(e, job)];
  walk(e, job);
  e.attrs = e.attrs.filter((a) =>
    !/^(v-|data-|@|:)/.test(a.name) && !SCREEN.has(a.name));
  const id = attr(e, 'id');
  if (id !== undefined) setAttr(e, 'id', job.prefix(job.name) + id);
  if (hasClass(e, 'rf-block') && textOf(e).split('\n').length > LONG) {
    setAttr(e, 'class', `${attr(e, 'class') ?? ''} rf-long`);
  }
  if (e.tagName === 'details') return [unfolded(e)];
  if (e.tagName === 'img') image(e, job);
  return e.tagName === 'a' ? link(e, job) : [e];
}

/** A hint lies open on paper, under its name. */
function unfolded(e: Tree.Element): Tree.Element {
  e.tagName = e.nodeName = 'div';
  setAttr(e, 'open', undefined);
  for (const child of e.childNodes) {
    if (isElement(child) && child.tagName === 'summary') {
      child.tagName = child.nodeName = 'p';
      setAttr(child, 'class', 'rf-summary');
    }
  }
  return e;
}

function image(e: Tree.Element, job: Job): void {
  const source = attr(e, 'src') ?? '';
  if (/^[a-z]+:/i.test(source)) return;
  const path = source.replace(/^\.?\//, '');
  job.pictures.add(path);
  setAttr(e, 'src', job.picture(path));
}

/** A link into the book is kept, and one to the rest of the web; of a link
 * to a page that is on the site alone only the words stay. */
function link(e: Tree.Element, job: Job): Tree.ChildNode[] {
  const href = attr(e, 'href') ?? '';
  if (/^(https?|mailto):/.test(href)) return [e];
  const match = /^(?:\.?\/)?(?:([\w.-]+?)(?:\.html|\.md)?)?(?:#(.*))?$/.exec(href);
  const name = match?.[1] ?? job.name;
  const ids = job.ids.get(name);
  if (!match || !ids) return e.childNodes;
  const id = match[2] === undefined ? undefined : decodeURIComponent(match[2]);
  setAttr(e, 'href', job.link(name, id && ids.has(id) ? id : undefined));
  return [e];
}

/** The words of code, those of one colour together. */
function code(pre: Tree.Element, job: Job): Tree.Element {
  const plain = colourOf(attr(pre, 'style') ?? '');
  const inner = pre.childNodes.filter(isElement).find((e) => e.tagName === 'code');
  if (!inner) return pre;
  pre.attrs = [];
  inner.attrs = [];
  inner.childNodes = inner.childNodes.flatMap((node): Tree.ChildNode[] => {
    if (!isElement(node)) return [node];
    const words = joined(node, plain, job.palette);
    const extra = (attr(node, 'class') ?? '').split(/\s+/)
      .filter((c) => c !== 'line' && c !== '').join(' ');
    if (extra === '') return words;
    node.childNodes = words;
    node.attrs = [{ name: 'class', value: extra }];
    return [node];
  });
  return pre;
}

const colourOf = (style: string): string =>
  (/(?:^|;)\s*color:\s*([^;]+)/i.exec(style)?.[1] ?? '').toLowerCase();

function joined(line: Tree.Element, plain: string, palette: Palette): Tree.ChildNode[] {
  const runs: { style: string; text: string }[] = [];
  for (const node of line.childNodes) {
    const style = isElement(node) ? attr(node, 'style') ?? '' : '';
    const own = style.toLowerCase() === `color:${plain}` ? '' : style;
    const text = textOf(node);
    const last = runs.at(-1);
    if (last && (last.style === own || text.trim() === '')) last.text += text;
    else runs.push({ style: own, text });
  }
  return runs.map(({ style, text }) => {
    const value: Tree.TextNode = { nodeName: '#text', parentNode: null, value: text };
    if (style === '') return value;
    return makeElement('span', [{ name: 'class', value: palette.classOf(style) }], [value]);
  });
}

function makeElement(
  tagName: string, attrs: Tree.Element['attrs'], childNodes: Tree.ChildNode[],
): Tree.Element {
  return {
    nodeName: tagName, tagName, attrs, childNodes, parentNode: null,
    namespaceURI: 'http://www.w3.org/1999/xhtml' as Tree.Element['namespaceURI'],
  };
}

const HTML = new Set(('a abbr aside b bdi bdo blockquote br caption cite code col colgroup dd del details dfn '
  + 'div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section '
  + 'small span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr').split(' '));

const isKnown = (e: Tree.Element): boolean =>
  HTML.has(e.tagName) || !e.namespaceURI.endsWith('xhtml');

/** The line that stands for something that only a page can do. */
function placeholder(e: Tree.Element, job: Job): Tree.Element {
  const page = `${job.name}.html`;
  const text = e.tagName === 'exercisepad'
    ? `Try it on the site's page ${page}, or in your own editor: npm run ex -- start ${attr(e, 'id') ?? ''}`
    : `Something to try stands here on the site's page ${page}.`;
  const inside = e.parentNode?.nodeName === 'p' ? 'span' : 'p';
  return makeElement(inside, [{ name: 'class', value: 'rf-live' }],
    [{ nodeName: '#text', parentNode: null, value: text }]);
}
