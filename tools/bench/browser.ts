// npm run bench -- --browser: ours in a Worker of Chromium against ours in
// Node, run in turn. The Worker sleeps at each mark while the time of its
// thread is read from outside, so that both are measured by the same clock.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { build as bundle } from 'vite';
import { pack } from '../../src/x86/fast/stock.ts';
import { study } from '../../src/x86/fast/study.ts';
import { findChromium, launchChromium } from '../chromium.ts';
import { build, type Built } from './build.ts';
import type { Mark } from './browser/protocol.ts';
import { ranFor } from './clock.ts';
import { type Measured, RunFailed, type Sample, understand } from './engines/engine.ts';
import { runOn } from './measure.ts';
import type { Options } from './options.ts';
import { spreadText, table } from './report.ts';
import { type Figure, figureOf, median, rounded, rowsOf, type Spread, spread, workloadOf } from './stats.ts';
import { type Job, job, NAMES, type RowName } from './workloads.ts';

const site = join(import.meta.dirname, '..', '..', '.cache', 'bench', 'site');

function bundlePage(): Promise<unknown> {
  return bundle({
    root: join(import.meta.dirname, 'browser'), base: './', configFile: false, logLevel: 'error',
    worker: { format: 'es' }, build: { outDir: site, emptyOutDir: true, target: 'esnext' },
  });
}

const TYPES: Readonly<Record<string, string>> =
  { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };
// What a page needs for memory that it shares with its Worker.
const HEADERS = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

let stock: Uint8Array | undefined;

/** Serves the page, an image at /image, and a stock of shapes at /stock. */
async function serve(image: string): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://x').pathname);
    const made = path === '/stock' ? stock ??= pack(study()) : undefined;
    const file = path === '/image' ? image : join(site, path === '/' ? 'index.html' : path);
    try {
      const body = made ?? readFileSync(file);
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      response.writeHead(200, { ...HEADERS, 'content-type': type }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new RunFailed('no port to serve the page at');
  return { url: `http://127.0.0.1:${address.port}/`, server };
}

/** Processes that were started from here, and by them. */
function descendants(): number[] {
  const parents = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      return [[Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0])] as const];
    } catch {
      return []; // it has ended meanwhile
    }
  });
  const found = [process.pid];
  for (const parent of found) {
    found.push(...parents.filter(([, of]) => of === parent).map(([pid]) => pid));
  }
  return found;
}

/** The schedstat file of the Worker's thread. */
function workerThread(): string {
  const threads = descendants().flatMap((pid) => {
    const tasks = `/proc/${pid}/task`;
    return readdirSync(tasks)
      .filter((task) => readFileSync(`${tasks}/${task}/comm`, 'latin1').trim() === 'DedicatedWorker')
      .map((task) => `${tasks}/${task}/schedstat`);
  });
  const [only] = threads;
  if (only === undefined || threads.length > 1) {
    throw new RunFailed(`Chromium has ${threads.length} threads for Workers, not one`);
  }
  return only;
}

/** One run in a fresh Chromium. */
async function runInChromium(image: string, words: readonly string[]): Promise<Measured> {
  const { url, server } = await serve(image);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const samples: Sample[] = [];
    let thread: string | undefined;
    await page.exposeFunction('benchMark', ({ wall, retired }: Mark) => {
      thread ??= workerThread();
      samples.push({ thread: ranFor(thread), process: 0, wall: wall * 1e6, retired });
    });
    await page.goto(url);
    const text = await page.evaluate(([from, command]) =>
      window.benchRun(from!, command!), [`${url}image`, words.join(' ')]);
    return understand(text, samples);
  } catch (error) {
    throw new RunFailed(`in Chromium: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await browser.close();
    server.close();
  }
}

interface Pair {
  readonly node: Figure[];
  readonly browser: Figure[];
}

/** Chromium's speed as a part of Node's, round by round. */
export const shareOf = ({ node, browser }: Pair): Spread =>
  spread(node.map((figure, round) => figure.thread / browser[round]!.thread));

/** One round of a workload: in Node, then in Chromium. */
async function roundOf(made: Job, built: Built, progress: (text: string) => void): Promise<[Measured, Measured]> {
  progress('Node');
  const node = await runOn('ours', built, made);
  progress('Chromium');
  const browser = await runInChromium(built.image, made.words);
  if (node.checksum !== browser.checksum) {
    throw new RunFailed(`${made.name}: the checksum is ${browser.checksum} in Chromium, ${node.checksum} in Node`);
  }
  return [node, browser];
}

async function measurePairs(
  { rows, scale, rounds }: Options, progress: (text: string) => void,
): Promise<Map<RowName, Pair>> {
  const pairs = new Map(rows.map((row): [RowName, Pair] => [row, { node: [], browser: [] }]));
  for (const name of NAMES.filter((n) => rows.some((row) => workloadOf(row) === n))) {
    const made = job(name, scale);
    progress(`${name}: building`);
    const built = build(made);
    for (let round = 1; round <= rounds; round++) {
      const [node, browser] = await roundOf(made, built,
        (where) => progress(`${name}: round ${round} of ${rounds}, ${where}`));
      for (const row of rowsOf(name)) {
        pairs.get(row)?.node.push(figureOf(row, node, 'iterations'));
        pairs.get(row)?.browser.push(figureOf(row, browser, 'iterations'));
      }
    }
  }
  return pairs;
}

/** Measures and prints. Throws RunFailed where there is no Chromium. */
export async function benchBrowser(
  options: Options, progress: (text: string) => void, clear: () => void,
): Promise<void> {
  if (!findChromium()) throw new RunFailed('no chromium on PATH (Debian: apt-get install chromium)');
  await bundlePage();
  const pairs = await measurePairs(options, progress);
  clear();
  const rows = [...pairs].map(([name, pair]) => ({ name, vs_node: rounded(shareOf(pair)) }));
  if (options.json) return console.log(JSON.stringify({ rows }));
  const ms = (figures: readonly Figure[]): string => median(figures.map((f) => f.thread)).toFixed(1);
  console.log(table([['', 'Node ms', 'Chromium ms', "part of Node's speed"], ...[...pairs].map(
    ([name, pair]) => [name, ms(pair.node), ms(pair.browser), spreadText(shareOf(pair))])]));
}
