// Checks the types of a chapter's exercises, beside the page and beside their
// tests.
import { type Checker, openChecker } from './checker';
import type { TypeAnswer, TypeQuestion } from './protocol';

let checker: Promise<Checker> | undefined;

async function answer(question: TypeQuestion): Promise<TypeAnswer> {
  const { id, site, end, path, text } = question;
  checker ??= openChecker((name) => fetchJson(site + name), end);
  try {
    const open = await checker;
    return { id, kind: 'found', problems: await open.check(path, text) };
  } catch (error) {
    checker = undefined;
    return { id, kind: 'failed', reason: String(error) };
  }
}

/** Undefined where a file is not there: some hosts send a page instead. */
async function fetchJson(address: string): Promise<unknown> {
  const response = await fetch(address);
  const type = response.headers.get('content-type') ?? '';
  return response.ok && !type.includes('html')
    ? response.json() : undefined;
}

/** One question after the other: each changes the files of the service. */
let last: Promise<void> = Promise.resolve();

export function receive(question: TypeQuestion): void {
  last = last.then(async () => postMessage(await answer(question)));
}
