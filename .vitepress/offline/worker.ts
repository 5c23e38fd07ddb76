// The service worker. What the network gives is newer than what is kept, so
// it is asked first, except for files whose names change with their content.
// On a page's word it fetches everything else of the site, so that later
// nothing of it needs a network; large files that few readers need, only once
// one of them was used. What it fetches so is compressed, and stays so.
import type { KeepReport, SiteFiles } from './files';

interface Client { postMessage(message: KeepReport): void }
interface Lasting extends Event { waitUntil(work: Promise<unknown>): void }
interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Asking extends Lasting { readonly source: Client | null }
interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(kind: 'install' | 'activate', on: (e: Lasting) => void): void;
  addEventListener(kind: 'fetch', on: (e: Fetching) => void): void;
  addEventListener(kind: 'message', on: (e: Asking) => void): void;
}

const scope = globalThis as unknown as Scope;
const root = scope.registration.scope;
const LIST = new URL('files.json', root).href;
/** How long a kept page waits for a newer one, in ms. */
const PATIENCE = 4000;

const store = (): Promise<Cache> => caches.open(`ringfence ${root}`);

const href = (path: string): string => new URL(path, root).href;

const plain = (url: string): string => url.replace(/[?#].*$/, '');

/** Says of something kept that its body is compressed. */
const PACKED = 'x-packed';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css',
  json: 'application/json', txt: 'text/plain; charset=utf-8',
  svg: 'image/svg+xml', png: 'image/png', woff2: 'font/woff2',
  wasm: 'application/wasm',
};

/** What is kept of an address, as a server would give it. */
async function keptOf(cache: Cache, url: string): Promise<Response | undefined> {
  const kept = await cache.match(url);
  if (!kept?.body || !kept.headers.has(PACKED)) return kept;
  const body = kept.body.pipeThrough(new DecompressionStream('gzip'));
  const type = TYPES[url.replace(/^.*\./, '')] ?? 'application/octet-stream';
  return new Response(body, { headers: { 'content-type': type } });
}

async function answer(request: Request): Promise<Response> {
  const cache = await store();
  const url = plain(request.url).replace(/\/$/, '/index.html');
  const kept = await keptOf(cache, url);
  if (kept && url.startsWith(`${root}assets/`)) return kept;
  try {
    const fresh = await fetch(request,
      kept ? { signal: AbortSignal.timeout(PATIENCE) } : {});
    if (fresh.ok && !fresh.redirected) await cache.put(url, fresh.clone());
    return fresh;
  } catch (error) {
    const missing = request.mode === 'navigate'
      ? await keptOf(cache, `${root}404.html`) : undefined;
    if (kept ?? missing) return (kept ?? missing)!;
    throw error;
  }
}

/** Fetches what is new since the last time, then forgets what is gone. */
async function keepAll(tell: (report: KeepReport) => void): Promise<void> {
  if (!('DecompressionStream' in globalThis)) {
    throw new Error('this browser cannot unpack what it would keep');
  }
  const cache = await store();
  const response = await fetch(LIST, { cache: 'no-cache' });
  const list = (await response.clone().json()) as SiteFiles;
  const old = (await (await cache.match(LIST))?.json()
    ?? { files: {} }) as Partial<SiteFiles> & Pick<SiteFiles, 'files'>;
  const have = new Set((await cache.keys()).map((r) => r.url));
  const all = await usesLater(have, list, old);
  const left = new Set(all ? [] : list.later.paths);
  const wanted = Object.keys(list.files).filter((path) => !left.has(path)
    && (!have.has(href(path)) || old.files[path] !== list.files[path]));
  const total = wanted.length;
  const next = async (): Promise<void> => {
    for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
      await keepOne(cache, href(path), list.files[path]!);
      if (wanted.length % 50 === 0) {
        tell({ kind: 'keeping', left: wanted.length, total });
      }
    }
  };
  await Promise.all([next(), next(), next(), next()]);
  const wantedNow = new Set(Object.keys(list.files).map(href));
  for (const url of have) {
    if (!wantedNow.has(url)) await cache.delete(url);
  }
  await cache.put(LIST, response);
  tell({
    kind: 'kept', files: wantedNow.size - left.size,
    bytes: list.bytes + (all ? list.later.bytes : 0),
  });
}

/** Whether the reader has used what is kept only then, in this edition or in
 * the last one; perhaps before this worker was there to see it. */
async function usesLater(
  have: ReadonlySet<string>, { later }: SiteFiles, old: Partial<SiteFiles>,
): Promise<boolean> {
  const both = [...later.paths, ...old.later?.paths ?? []];
  if (both.some((path) => have.has(href(path)))) return true;
  const seen = later.paths.map((path) =>
    fetch(href(path), { cache: 'only-if-cached', mode: 'same-origin' })
      .then((response) => response.ok, () => false));
  return (await Promise.all(seen)).includes(true);
}

/** Fetches the compressed file and keeps it under the address that pages use.
 * Its name is its content's hash; the browser need not keep it a second time. */
async function keepOne(cache: Cache, url: string, hash: string): Promise<void> {
  const packed = href(`packed/${hash}`);
  const response = await fetch(packed, { cache: 'no-store' });
  if (!response.ok) throw new Error(`${packed}: ${response.status}`);
  await cache.put(url, new Response(
    await response.arrayBuffer(), { headers: { [PACKED]: 'gzip' } }));
}

scope.addEventListener('install', (event) => {
  event.waitUntil(scope.skipWaiting());
});
scope.addEventListener('activate', (event) => {
  event.waitUntil(scope.clients.claim());
});
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(root)) return;
  event.respondWith(answer(request));
});
scope.addEventListener('message', (event) => {
  const tell = (report: KeepReport): void => event.source?.postMessage(report);
  event.waitUntil(keepAll(tell).catch((error: unknown) =>
    tell({ kind: 'failed', reason: String(error) })));
});
