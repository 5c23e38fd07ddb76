// npm run book: the whole book as a PDF and as an EPUB, in out/.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findChromium } from '../chromium.ts';
import { root } from './edition.ts';
import { makeEpub } from './epub.ts';
import { epubcheck } from './epubcheck.ts';
import { makePdf } from './pdf.ts';

const HELP = `npm run book -- [options]

Writes out/ringfence.pdf and out/ringfence.epub.

  --only pdf|epub       make one of them
  --chapters a,b        these chapters alone, by their names in contents.yaml
  --without-solutions   leave out the appendix of solutions
  --paper a4|letter     of the PDF (a4)
  --out FOLDER          where to (out)
  --help                this text

The PDF is printed by chromium, which must be on PATH (Debian: apt-get install
chromium). The EPUB needs nothing else; where epubcheck is installed (Debian:
apt-get install epubcheck) it is checked.
`;

interface Options {
  readonly kinds: readonly ('pdf' | 'epub')[];
  readonly chapters: string[];
  readonly solutions: boolean;
  readonly paper: 'a4' | 'letter';
  readonly out: string;
}

/** Throws on what it does not understand. */
function options(argv: string[]): Options | undefined {
  const { values } = parseArgs({
    args: argv,
    options: {
      only: { type: 'string' }, chapters: { type: 'string' },
      'without-solutions': { type: 'boolean' }, paper: { type: 'string' },
      out: { type: 'string' }, help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const { only, paper = 'a4', chapters = '', out = 'out' } = values;
  if (only !== undefined && only !== 'pdf' && only !== 'epub') {
    throw new Error(`--only takes pdf or epub, not ${only}`);
  }
  if (paper !== 'a4' && paper !== 'letter') {
    throw new Error(`--paper takes a4 or letter, not ${paper}`);
  }
  return {
    kinds: only ? [only] : ['epub', 'pdf'], paper,
    chapters: chapters.split(',').map((s) => s.trim()).filter(Boolean),
    solutions: !values['without-solutions'],
    out: resolve(root, out),
  };
}

/** One line that keeps its place on a terminal, or a line each. */
function progress(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}`);
  else console.log(line);
}

function written(path: string, bytes: Uint8Array, more: string): void {
  writeFileSync(path, bytes);
  progress(`${relative(root, path)}: ${(bytes.length / 2 ** 20).toFixed(1)} MiB${more}\n`);
}

async function epub(wanted: Options): Promise<boolean> {
  const path = join(wanted.out, 'ringfence.epub');
  written(path, await makeEpub(wanted, progress), '');
  const verdict = epubcheck(path);
  if (!verdict) {
    console.log('epubcheck is not installed, so the EPUB is not checked');
    return true;
  }
  if (!verdict.ok) console.error(verdict.text);
  else console.log('epubcheck found nothing wrong');
  return verdict.ok;
}

async function pdf(wanted: Options): Promise<boolean> {
  const { bytes, pages } = await makePdf(wanted, progress);
  written(join(wanted.out, 'ringfence.pdf'), bytes, `, ${pages} pages`);
  return true;
}

async function main(argv: string[]): Promise<number> {
  const wanted = options(argv);
  if (!wanted) {
    process.stdout.write(HELP);
    return 0;
  }
  if (wanted.kinds.includes('pdf') && !findChromium()) {
    throw new Error('the PDF wants chromium on PATH (Debian: apt-get install'
      + ' chromium); --only epub does without');
  }
  mkdirSync(wanted.out, { recursive: true });
  let ok = true;
  for (const kind of wanted.kinds) {
    ok = await (kind === 'pdf' ? pdf(wanted) : epub(wanted)) && ok;
  }
  return ok ? 0 : 1;
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  console.error(`book: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(2);
}
