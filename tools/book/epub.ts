// An EPUB 3 of the book: a zip of XHTML files, a list of them, and a table of
// contents.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { chaptersDir } from '../../.vitepress/book.ts';
import { edition, uuidOf } from './edition.ts';
import {
  type BookText, bookText, labelOf, partsOf, type Sheet,
} from './sheets.ts';
import { escaped } from './xhtml.ts';

export interface EpubOptions {
  readonly chapters: readonly string[];
  readonly solutions: boolean;
}

/** The file's bytes. The same commit gives the same ones. */
export async function makeEpub(
  options: EpubOptions, progress: (line: string) => void,
): Promise<Uint8Array> {
  const book = await bookText({
    ...options,
    prefix: () => '',
    link: (name, id) => `${name}.xhtml${id === undefined ? '' : `#${id}`}`,
    picture: (path) => `pictures/${path}`,
  }, progress);
  const { date } = edition();
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const files: Zippable = {
    mimetype: [text('application/epub+zip'), { level: 0 }],
    'META-INF/container.xml': text(container()),
    'book/content.opf': text(packageFile(book)),
    'book/nav.xhtml': text(navigation(book)),
    'book/title.xhtml': text(titlePage(book)),
    'book/style.css': text(style() + book.css),
  };
  for (const sheet of book.sheets) {
    files[`book/${sheet.name}.xhtml`] = text(page(sheet.title, sheet.xhtml));
  }
  for (const path of book.pictures) {
    files[`book/pictures/${path}`] = readFileSync(join(chaptersDir, 'public', path));
  }
  return zipSync(files, { level: 9, mtime: zipDate(date) });
}

/** Zip files keep local time; UTC makes them the same everywhere. */
function zipDate(date: Date): Date {
  return new Date(date.getTime() + date.getTimezoneOffset() * 60_000);
}

function style(): string {
  return readFileSync(join(import.meta.dirname, 'epub.css'), 'utf8');
}

function container(): string {
  return '<?xml version="1.0" encoding="UTF-8"?>\n'
    + '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">\n'
    + '<rootfiles><rootfile full-path="book/content.opf" '
    + 'media-type="application/oebps-package+xml"/></rootfiles>\n</container>\n';
}

function page(title: string, body: string, kind = 'bodymatter'): string {
  return '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
    + '<html xmlns="http://www.w3.org/1999/xhtml" '
    + 'xmlns:epub="http://www.idpf.org/2007/ops" lang="en-GB" xml:lang="en-GB">\n'
    + `<head><title>${escaped(title)}</title>`
    + '<link rel="stylesheet" type="text/css" href="style.css"/></head>\n'
    + `<body epub:type="${kind}">\n${body}\n</body>\n</html>\n`;
}

const TYPES: Readonly<Record<string, string>> = {
  svg: 'image/svg+xml', png: 'image/png', jpg: 'image/jpeg',
  jpeg: 'image/jpeg', webp: 'image/webp', gif: 'image/gif',
};

function typeOf(path: string): string {
  const type = TYPES[path.split('.').at(-1) ?? ''];
  if (!type) throw new Error(`${path}: EPUB knows no such pictures`);
  return type;
}

function packageFile(book: BookText): string {
  const { version, date, about } = edition();
  const names = ['title', 'nav', ...book.sheets.map((s) => s.name)];
  const items = [
    ...names.map((name, i) => `<item id="p${i}" href="${name}.xhtml" `
      + `media-type="application/xhtml+xml"${name === 'nav' ? ' properties="nav"' : ''}/>`),
    '<item id="style" href="style.css" media-type="text/css"/>',
    ...book.pictures.map((path, i) =>
      `<item id="i${i}" href="pictures/${escaped(path)}" media-type="${typeOf(path)}"/>`),
  ];
  return '<?xml version="1.0" encoding="UTF-8"?>\n'
    + '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
    + 'unique-identifier="id" xml:lang="en-GB">\n'
    + '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
    + `<dc:identifier id="id">urn:uuid:${uuidOf(`${book.title} ${names.join()}`)}</dc:identifier>\n`
    + `<dc:title>${escaped(book.title)}</dc:title>\n<dc:language>en-GB</dc:language>\n`
    + `<dc:description>${escaped(about)}</dc:description>\n`
    + '<dc:rights>Text CC BY 4.0, code MIT</dc:rights>\n'
    + `<dc:date>${date.toISOString().slice(0, 10)}</dc:date>\n`
    + `<meta property="dcterms:modified">${date.toISOString().slice(0, 19)}Z</meta>\n`
    + `<meta property="schema:bookEdition">${escaped(version)}</meta>\n`
    + accessibility()
    + `</metadata>\n<manifest>\n${items.join('\n')}\n</manifest>\n<spine>\n`
    + `${names.map((_, i) => `<itemref idref="p${i}"/>`).join('\n')}\n</spine>\n</package>\n`;
}

/** What readers who do not see, or see little, may expect. */
function accessibility(): string {
  return [
    ['accessMode', 'textual'], ['accessMode', 'visual'],
    ['accessModeSufficient', 'textual'],
    ['accessibilityFeature', 'alternativeText'],
    ['accessibilityFeature', 'structuralNavigation'],
    ['accessibilityFeature', 'tableOfContents'],
    ['accessibilityHazard', 'none'],
    ['accessibilitySummary', 'Every figure has a description in words, and code is text.'],
  ].map(([name, value]) => `<meta property="schema:${name}">${value}</meta>\n`).join('');
}

function navigation(book: BookText): string {
  const item = (sheet: Sheet): string => {
    const inner = sheet.kind !== 'chapter' || sheet.sections.length === 0 ? ''
      : `<ol>${sheet.sections.map(({ id, title }) =>
        `<li><a href="${sheet.name}.xhtml#${escaped(id)}">${escaped(title)}</a></li>`).join('')}</ol>`;
    return `<li><a href="${sheet.name}.xhtml">${labelOf(sheet)}</a>${inner}</li>`;
  };
  const parts = partsOf(book.sheets).map((part) =>
    `<li><span>${escaped(part.title)}</span><ol>\n${part.sheets.map(item).join('\n')}\n</ol></li>`);
  const first = book.sheets[0]?.name ?? 'title';
  return page('Contents', '<nav epub:type="toc" id="toc"><h1>Contents</h1>\n'
    + `<ol>\n<li><a href="title.xhtml">Title</a></li>\n${parts.join('\n')}\n</ol></nav>\n`
    + '<nav epub:type="landmarks" hidden="hidden"><h2>Landmarks</h2><ol>'
    + '<li><a epub:type="toc" href="#toc">Contents</a></li>'
    + `<li><a epub:type="bodymatter" href="${first}.xhtml">Start</a></li></ol></nav>`,
  'frontmatter');
}

function titlePage(book: BookText): string {
  return page(book.title, titleBody(book.title), 'frontmatter');
}

/** The title page's words, for the paper too. */
export function titleBody(title: string): string {
  const { version, date, commit, about } = edition();
  return `<section class="book-title"><h1>${escaped(title)}</h1>\n<p class="lead">${escaped(about)}</p>\n`
    + `<p class="edition">Version ${escaped(version)}, ${date.toISOString().slice(0, 10)}`
    + `${commit === '' ? '' : `, ${escaped(commit)}`}</p>\n`
    + '<p class="edition">Text CC BY 4.0, code MIT.</p></section>';
}
