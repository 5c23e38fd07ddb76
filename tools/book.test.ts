// Two chapters as an EPUB and as a PDF: the files are what readers of such
// files expect, and no link in them leads nowhere.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeEpub } from './book/epub.ts';
import { epubcheck } from './book/epubcheck.ts';
import { makePdf, type Pdf } from './book/pdf.ts';
import { pagesOf, readPdf } from './book/pdf-file.ts';
import { findChromium } from './chromium.ts';

const chapters = ['first-machine', 'grading'];
/** Seconds on an idle machine; the book has to be read first. */
const PATIENCE = 300_000;
const quiet = (): void => undefined;

describe('the EPUB', () => {
  let bytes: Uint8Array;
  let files: Record<string, Uint8Array>;
  const text = (name: string): string => strFromU8(files[name] ?? new Uint8Array());

  beforeAll(async () => {
    bytes = await makeEpub({ chapters, solutions: true }, quiet);
    files = unzipSync(bytes);
  }, PATIENCE);

  test('begins with its type, uncompressed', () => {
    expect(strFromU8(bytes.subarray(30, 58))).toBe('mimetypeapplication/epub+zip');
  });

  test('lists every file, and has every file that it lists', () => {
    const listed = [...text('book/content.opf').matchAll(/<item [^>]*href="([^"]+)"/g)]
      .map((m) => `book/${m[1]}`);
    const there = Object.keys(files).filter((f) => f.startsWith('book/') && !f.endsWith('.opf'));
    expect(listed.sort()).toEqual(there.sort());
  });

  test('has chapters, supplements and solutions in order', () => {
    const names = [...text('book/nav.xhtml').matchAll(/href="([\w.-]+)\.xhtml"/g)].map((m) => m[1]);
    expect(names.slice(0, names.indexOf('grading.solutions') + 1)).toEqual([
      'title', 'first-machine', 'grading', 'grading.more',
      'first-machine.solutions', 'grading.solutions']);
  });

  test('every link leads somewhere', () => {
    const ids = (name: string): Set<string> =>
      new Set([...text(name).matchAll(/ id="([^"]+)"/g)].map((m) => m[1]!));
    const wrong = Object.keys(files).filter((f) => f.endsWith('.xhtml')).flatMap((from) =>
      [...text(from).matchAll(/ (?:href|src)="(?!https?:)([^"#]*)(?:#([^"]+))?"/g)]
        .filter(([, to = '', id]) => {
          const target = to === '' ? from : `book/${to}`;
          return !(target in files) || (id !== undefined && !ids(target).has(id));
        }).map((m) => `${from}: ${m[0]}`));
    expect(wrong).toEqual([]);
  });

  test('says where the widgets are, and has none', () => {
    const page = text('book/first-machine.xhtml');
    expect(page).toContain('npm run ex -- start first-machine/');
    expect(page).not.toMatch(/<button|<exercisepad|data-rf=/i);
  });

  test('epubcheck finds nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ringfence-'));
    try {
      const path = join(folder, 'two.epub');
      writeFileSync(path, bytes);
      const verdict = epubcheck(path);
      if (!verdict) console.log('skipped: epubcheck is not installed');
      else expect(verdict.ok ? '' : verdict.text).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.skipIf(!findChromium())('the PDF', () => {
  let pdf: Pdf;
  beforeAll(async () => {
    pdf = await makePdf({ chapters, solutions: false, paper: 'a4' }, quiet);
  }, PATIENCE);
  // The file's small objects are compressed: its page tree can no longer be
  // read by readPdf, which wants what the browser wrote.
  test('has pages, an outline and tags', () => {
    expect(pdf.pages).toBeGreaterThan(20);
    expect(pdf.outline).toContain('A machine inside a machine');
    expect(pdf.tagged).toBe(true);
    expect(() => pagesOf(readPdf(pdf.bytes))).toThrow();
  });
});
if (!findChromium()) console.log('the PDF is not tried: no chromium on PATH');

test('a chapter that is none is named', async () => {
  await expect(makeEpub({ chapters: ['nowhere'], solutions: false }, quiet))
    .rejects.toThrow('no chapter is called nowhere');
});
