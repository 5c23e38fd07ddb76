// The worker of all that needs TypeScript, which is large and so is built into
// one worker: an exercise's types are checked in it, or its tests run in it if
// they are of the book's tools, or a bench of these tools has its desk in it,
// as the first message says.
import type { RunRequest, TypeQuestion } from './exercises/protocol';
import type { DeskRequest } from './toollab/protocol';

type Request = TypeQuestion | RunRequest | DeskRequest;

async function receive(data: Request): Promise<void> {
  if ('tests' in data) {
    const [{ receive }, { default: ts }] = await Promise.all(
      [import('./exercises/runner'), import('./exercises/typescript')]);
    receive(data, { typescript: ts });
  } else if ('ask' in data) (await import('./toollab/tool-questions')).receive(data);
  else (await import('./exercises/type-questions')).receive(data);
}

/** Messages are answered in the order in which they come. */
let last: Promise<void> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  // What cannot be fetched is an error of the worker, which its page hears.
  last = last.then(() => receive(data)).catch((error: unknown) => {
    setTimeout(() => { throw error; }, 0);
  });
});
