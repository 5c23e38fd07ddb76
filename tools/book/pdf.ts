// The PDF: the whole book as one page, printed by Chromium, which draws
// figures as vectors and makes the outline and the tags from the headings.
// It is printed twice, since only the first print knows the page numbers
// that the table of contents wants.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { chaptersDir } from '../../.vitepress/book.ts';
import { launchChromium } from '../chromium.ts';
import { titleBody } from './epub.ts';
import { isTagged, outlineOf, packPdf, pagesOf, readPdf } from './pdf-file.ts';
import {
  type BookText, bookText, labelOf, partsOf, type Sheet,
} from './sheets.ts';
import { escaped } from './xhtml.ts';

export interface PdfOptions {
  readonly chapters: readonly string[];
  readonly solutions: boolean;
  readonly paper: 'a4' | 'letter';
}

export interface Pdf {
  readonly bytes: Uint8Array;
  readonly pages: number;
  readonly outline: readonly string[];
  readonly tagged: boolean;
}

const top = (name: string): string => `${name}--top`;

/** Needs chromium on PATH; throws where there is none. */
export async function makePdf(
  options: PdfOptions, progress: (line: string) => void,
): Promise<Pdf> {
  const browser = await launchChromium();
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-'));
  try {
    const pictures = pathToFileURL(join(chaptersDir, 'public')).href;
    const book = await bookText({
      ...options,
      prefix: (name) => `${name}--`,
      link: (name, id) => `#${id === undefined ? top(name) : `${name}--${id}`}`,
      picture: (path) => `${pictures}/${path}`,
    }, progress);
    const file = join(folder, 'book.html');
    writeFileSync(file, documentOf(book, options, new Map()));
    progress('printing, to learn the page numbers');
    const first = pagesOf(readPdf(await print(browser, file)));
    writeFileSync(file, documentOf(book, options, first.pageOf));
    progress('printing');
    const printed = readPdf(await print(browser, file));
    const second = pagesOf(printed);
    checkSame(book, first.pageOf, second.pageOf);
    return {
      bytes: packPdf(printed), pages: second.count,
      outline: outlineOf(printed), tagged: isTagged(printed),
    };
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Throws where the contents would name a wrong page. */
function checkSame(
  book: BookText, first: ReadonlyMap<string, number>,
  second: ReadonlyMap<string, number>,
): void {
  for (const { name } of book.sheets) {
    const [was, is] = [first.get(top(name)), second.get(top(name))];
    if (was === undefined || was !== is) {
      throw new Error(`${name} stands on page ${is ?? '?'}, and the contents say ${was ?? 'nothing'}`);
    }
  }
}

async function print(browser: Browser, file: string): Promise<Buffer> {
  const page = await browser.newPage({ javaScriptEnabled: false });
  page.setDefaultTimeout(0);
  try {
    await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
    return await page.pdf({
      preferCSSPageSize: true, printBackground: true,
      tagged: true, outline: true,
    });
  } finally {
    await page.close();
  }
}

function documentOf(
  book: BookText, options: PdfOptions, pageOf: ReadonlyMap<string, number>,
): string {
  const style = readFileSync(join(import.meta.dirname, 'print.css'), 'utf8')
    .replace('size: A4', `size: ${options.paper === 'a4' ? 'A4' : 'Letter'}`);
  const heads = book.sheets.map((sheet, i) =>
    `@page s${i} { @top-right { content: ${cssString(sheet.title)}; `
    + 'font: 9pt sans-serif; color: #444; } }\n'
    + `.s${i} { page: s${i}; }\n`);
  let n = 0;
  const body = partsOf(book.sheets).map((part) =>
    `<section class="part"><h1>${escaped(part.title)}</h1></section>\n`
    + part.sheets.map((sheet) =>
      `<section class="sheet s${n++}" id="${top(sheet.name)}">\n${lowered(sheet.xhtml)}\n</section>\n`).join(''));
  return '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
    + `<title>${escaped(book.title)}</title>\n`
    + `<style>\n${style}${book.css}${heads.join('')}</style></head>\n<body>\n`
    + `${titleBody(book.title)}\n${contents(book, pageOf)}\n${body.join('')}</body></html>\n`;
}

const cssString = (text: string): string =>
  `"${text.replace(/["\\]/g, '\\$&').replace(/</g, '\\3c ')}"`;

/** Headings one level down, since parts are the first. */
function lowered(xhtml: string): string {
  return xhtml.replace(/<(\/?)h([1-5])\b/g,
    (_, slash: string, level: string) => `<${slash}h${Number(level) + 1}`);
}

function contents(book: BookText, pageOf: ReadonlyMap<string, number>): string {
  const line = (sheet: Sheet): string => {
    const kind = sheet.kind === 'supplement' ? ' class="more"' : '';
    const link = `<a href="#${top(sheet.name)}">`;
    return `<li${kind}>${link}${labelOf(sheet)}</a><span class="dots"></span>`
      + `${link}${pageOf.get(top(sheet.name)) ?? '0'}</a></li>`;
  };
  const parts = partsOf(book.sheets).map((part) =>
    `<p class="part-name">${escaped(part.title)}</p>\n<ol>\n${part.sheets.map(line).join('\n')}\n</ol>`);
  return `<nav class="contents"><h2>Contents</h2>\n${parts.join('\n')}\n</nav>`;
}
