// The worker of all that needs TypeScript, which is large and so is built into
// one worker: an exercise's types are checked in it, or a bench of the book's
// tools has its desk in it, as the first message says.
import type { TypeQuestion } from './exercises/protocol';
import type { DeskRequest } from './toollab/protocol';

async function receive(data: TypeQuestion | DeskRequest): Promise<void> {
  if ('ask' in data) (await import('./toollab/tool-questions')).receive(data);
  else (await import('./exercises/type-questions')).receive(data);
}

/** Messages are answered in the order in which they come. */
let last: Promise<void> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<TypeQuestion | DeskRequest>) => {
  // What cannot be fetched is an error of the worker, which its page hears.
  last = last.then(() => receive(data)).catch((error: unknown) => {
    setTimeout(() => { throw error; }, 0);
  });
});
