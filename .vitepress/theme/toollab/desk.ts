// The page's end of a bench of the book's tools: asks after each pause, hears
// the newest answer, and keeps the cells.
import { shallowReactive } from 'vue';
import { withBase } from 'vitepress';
import type { Asked, Picture, ToolLabView } from '../../../tools/toollab/view';
import type { RunReport } from '../exercises/protocol';
import type { DeskReport, DeskRequest } from './protocol';

export interface DeskState {
  lab: ToolLabView | undefined;
  picture: Picture | undefined;
  /** Something was asked and has not been answered. */
  busy: boolean;
  failed: string;
}

export interface DeskSession {
  readonly state: DeskState;
  /** Asks when no newer question comes for a moment. */
  askSoon(asked: Asked): void;
  ask(asked: Asked): void;
  close(): void;
}

/** Milliseconds without a key before what was typed is looked at. */
const PAUSE = 250;
/** A desk that says nothing for so long, in ms, is not going to. */
const PATIENCE = 20_000;

/** Workers that run what is tried, by number. */
class CellWorkers {
  private readonly open = new Map<number, Worker>();

  constructor(private readonly send: (request: DeskRequest) => void) {}

  async start(cell: number, order: object): Promise<void> {
    const { default: Runner } = await import('../exercises/runner.worker?worker');
    const worker = new Runner();
    this.open.set(cell, worker);
    worker.onmessage = ({ data }: MessageEvent<RunReport | string>) => {
      this.send({ ask: 'heard', cell, message: data });
      const over = typeof data === 'object'
        && (data.kind === 'done' || data.kind === 'error');
      if (over) this.end(cell);
    };
    worker.onerror = () => {
      this.send({ ask: 'gone', cell });
      this.end(cell);
    };
    worker.postMessage(order);
  }

  end(cell: number): void {
    this.open.get(cell)?.terminate();
    this.open.delete(cell);
  }

  endAll(): void {
    for (const cell of [...this.open.keys()]) this.end(cell);
  }
}

export async function openDesk(lab: string): Promise<DeskSession> {
  const { default: ToolWorker } = await import('../typescript.worker?worker');
  const state = shallowReactive<DeskState>({
    lab: undefined, picture: undefined, busy: true, failed: '',
  });
  let worker: Worker | undefined;
  let waiting: Asked | undefined;
  let asking = 0;
  let clock: ReturnType<typeof setTimeout> | undefined;
  let pause: ReturnType<typeof setTimeout> | undefined;

  const send = (request: DeskRequest): void => worker?.postMessage(request);
  const cells = new CellWorkers(send);
  const start = (): void => {
    worker = new ToolWorker();
    worker.onmessage = ({ data }: MessageEvent<DeskReport>) => hear(data);
    worker.onerror = (event) => stop(event.message || 'it could not be fetched');
    const modules = new URL(withBase(`/toollab/${lab}.json`), location.href).href;
    send({ ask: 'open', lab, modules });
  };
  const stop = (why: string): void => {
    clearTimeout(clock);
    worker?.terminate();
    worker = undefined;
    cells.endAll();
    asking = 0;
    state.busy = false;
    state.failed = why;
  };
  const wind = (): void => {
    clearTimeout(clock);
    clock = setTimeout(() => stop('no end in sight: stopped'), PATIENCE);
  };
  const next = (): void => {
    if (asking !== 0 || !waiting) return;
    if (!worker) start();
    asking = questions += 1;
    state.busy = true;
    send({ ask: 'look', id: asking, asked: waiting });
    waiting = undefined;
    wind();
  };
  const hear = (report: DeskReport): void => {
    if (report.tell === 'opened') state.lab ??= report.lab;
    else if (report.tell === 'cell') void cells.start(report.cell, report.order);
    else if (report.tell === 'kill') cells.end(report.cell);
    else if (report.id === asking) {
      clearTimeout(clock);
      asking = 0;
      state.failed = report.tell === 'failed' ? report.why : '';
      if (report.tell === 'picture') state.picture = report.picture;
      state.busy = waiting !== undefined;
      next();
    }
  };
  const ask = (asked: Asked): void => {
    clearTimeout(pause);
    waiting = asked;
    state.busy = true;
    next();
  };
  start();
  return {
    state, ask,
    askSoon(asked) {
      clearTimeout(pause);
      state.busy = true;
      pause = setTimeout(() => ask(asked), PAUSE);
    },
    close() {
      clearTimeout(pause);
      stop('');
    },
  };
}

let questions = 0;
