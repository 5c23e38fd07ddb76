// The page's end of the type checker: one worker for all pads of a page. It is
// fetched with the first question, and ends with the last pad.
import { withBase } from 'vitepress';
import type { TypeAnswer, TypeProblem, TypeQuestion } from './protocol';

export type TypeState =
  | { kind: 'untried' }
  | { kind: 'fetching' }
  | { kind: 'found'; problems: TypeProblem[] }
  | { kind: 'failed'; reason: string };

export interface TypeDesk {
  /** Asks about a text when no newer one comes for a moment. */
  askSoon(text: string): void;
  ask(text: string): Promise<void>;
  close(): void;
}

interface Checker {
  readonly worker: Worker;
  readonly waiting: Map<number, (answer: TypeAnswer) => void>;
}

/** Milliseconds without a key before what was typed is looked at. */
const PAUSE = 400;

let checker: Promise<Checker> | undefined;
let pads = 0;
let questions = 0;

async function openChecker(): Promise<Checker> {
  const { default: TypeScriptWorker } = await import('../typescript.worker?worker');
  const worker = new TypeScriptWorker();
  const waiting: Checker['waiting'] = new Map();
  worker.onmessage = ({ data }: MessageEvent<TypeAnswer>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  };
  worker.onerror = ({ message }) => {
    endChecker();
    const reason = message || 'the type checker could not be fetched';
    for (const [id, hear] of waiting) hear({ id, kind: 'failed', reason });
  };
  return { worker, waiting };
}

function endChecker(): void {
  checker?.then(({ worker }) => worker.terminate(), () => {});
  checker = undefined;
}

async function put(
  about: Pick<TypeQuestion, 'end' | 'path' | 'text'>,
): Promise<TypeState> {
  const id = questions += 1;
  const site = new URL(withBase('/'), location.href).href;
  try {
    const { worker, waiting } = await (checker ??= openChecker());
    return await new Promise((resolve) => {
      waiting.set(id, resolve);
      worker.postMessage({ id, site, ...about } satisfies TypeQuestion);
    });
  } catch (error) {
    endChecker();
    return { kind: 'failed', reason: String(error) };
  }
}

/** `hear` is told what was found, and in which text. */
export function openTypes(
  { path, end }: Pick<TypeQuestion, 'path' | 'end'>,
  hear: (state: TypeState, text: string) => void,
): TypeDesk {
  pads += 1;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wanted: string | undefined;
  let busy = false;
  let closed = false;

  async function ask(text: string): Promise<void> {
    clearTimeout(timer);
    wanted = text;
    if (busy) return;
    busy = true;
    while (wanted !== undefined && !closed) {
      const asked: string = wanted;
      wanted = undefined;
      const state = await put({ path, end, text: asked });
      if (!closed) hear(state, asked);
    }
    busy = false;
  }

  return {
    ask,
    askSoon(text) {
      clearTimeout(timer);
      timer = setTimeout(() => void ask(text), PAUSE);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      pads -= 1;
      if (pads === 0) endChecker();
    },
  };
}
