// The page's end of a bench: sends commands to the worker in which the
// machine runs, and keeps what it last heard, at most once a frame.
import { shallowReactive } from 'vue';
import type {
  BenchCommand, BenchReport, BenchRequest, BenchView, DroppedImage, LabView,
  Links,
} from '../../../src/labs/view';

export interface BenchState {
  lab: LabView | undefined;
  view: BenchView | undefined;
  /** A command was sent, and its last view has not come. */
  busy: boolean;
  /** It runs until something stops it. */
  running: boolean;
  refused: string;
}

export interface Session {
  readonly state: BenchState;
  /** A command ends the run that goes on; others wait for their turn. */
  ask(command: BenchCommand): void;
  close(): void;
}

/** Milliseconds between two pictures of a machine that runs: nobody reads
 * registers faster, and the page has other things to do. */
const PACE = 200;

const RUNS = new Set<BenchCommand['do']>(
  ['run', 'run to event', 'run to', 'back to event']);

/** Two commands that wait become one. */
export function merged(
  first: BenchCommand | undefined, second: BenchCommand,
): BenchCommand {
  if (first?.do === 'step' && second.do === 'step') {
    return { do: 'step', n: first.n + second.n };
  }
  if (first?.do === 'back' && second.do === 'back') {
    return { do: 'back', n: first.n + second.n };
  }
  if (first?.do === 'input' && second.do === 'input') {
    return { do: 'input', bytes: [...first.bytes, ...second.bytes] };
  }
  return second;
}

/** Starts a worker and opens a lab, or an image, in it. */
export async function openSession(
  lab: string | DroppedImage, links: Links,
): Promise<Session> {
  const { default: BenchWorker } = await import('./bench.worker?worker');
  return connect(new BenchWorker(), lab, links);
}

type Sent = BenchRequest extends infer R
  ? R extends BenchRequest ? Omit<R, 'id'> : never : never;

function connect(
  worker: Worker, lab: string | DroppedImage, links: Links,
): Session {
  const state = shallowReactive<BenchState>({
    lab: undefined, view: undefined, busy: true, running: false, refused: '',
  });
  let last = 0;
  /** Requests whose last report has not come; true: it runs. */
  const open = new Map<number, boolean>();
  let waits: BenchCommand | undefined;
  let heard: BenchView | undefined;
  let frame = 0;
  let pause: ReturnType<typeof setTimeout> | undefined;
  let drawn = 0;

  const send = (request: Sent, runs: boolean): void => {
    last += 1;
    open.set(last, runs);
    note();
    worker.postMessage({ id: last, ...request });
  };
  const note = (): void => {
    state.busy = open.size > 0;
    state.running = [...open.values()].includes(true);
  };
  const command = (c: BenchCommand): void =>
    send({ ask: 'command', command: c }, RUNS.has(c.do));
  const draw = (): void => {
    frame = 0;
    drawn = performance.now();
    if (heard) state.view = heard;
    heard = undefined;
    note();
    const next = state.busy ? undefined : waits;
    if (!next) return;
    waits = undefined;
    command(next);
  };
  const later = (): void => {
    if (frame !== 0) return;
    clearTimeout(pause);
    const runs = [...open.values()].includes(true);
    const rest = runs ? drawn + PACE - performance.now() : 0;
    if (rest > 0) pause = setTimeout(later, rest);
    else frame = requestAnimationFrame(draw);
  };
  worker.onmessage = ({ data }: MessageEvent<BenchReport>) => {
    if (data.tell === 'opened') state.lab = data.lab;
    if (data.tell === 'refused') state.refused = data.why;
    if (data.tell === 'view') heard = data.view;
    if (data.tell === 'refused' || (data.tell === 'view' && data.done)) {
      open.delete(data.id);
    }
    later();
  };
  worker.onerror = (event) => {
    state.refused = `the machine's worker stopped: ${event.message}`;
    open.clear();
    later();
  };
  send({ ask: 'open', lab, links }, false);
  return {
    state,
    ask(c) {
      const now = c.do === 'input' || c.do === 'stop';
      if (now || !state.busy || state.running) {
        state.refused = '';
        return command(c);
      }
      waits = merged(waits, c);
    },
    close() {
      cancelAnimationFrame(frame);
      clearTimeout(pause);
      worker.terminate();
    },
  };
}
