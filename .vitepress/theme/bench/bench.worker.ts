// The machine of a bench, away from the page. Between two slices of its work
// it hears what the page asks; a slice takes about as long as two frames.
import { echoSource } from '../../../src/guests/pv-echo.ts';
import { pvImage } from '../../../src/guests/pv-image.ts';
import { BenchServer } from '../../../src/labs/server.ts';
import type { BenchReport, BenchRequest } from '../../../src/labs/view.ts';

/** Instructions in a slice: at first, and at most. */
const FIRST = 20_000;
const MOST = 4_000_000;
/** A slice that takes longer, in ms, is made shorter, and the reverse. */
const LONG = 50;
const SHORT = 20;

/** What stands on the free bench as long as nobody brings an image. */
const FREE = 'free';
const OURS = {
  id: FREE, title: 'Our guest',
  about: 'It repeats what is typed into its console; the line q ends it.',
};

let slice = FIRST;
let scheduled = false;
let ours = false;
/** The request that is being followed. */
let id = 0;

const server = new BenchServer((report) => postMessage(named(report)));

function named(report: BenchReport): BenchReport {
  if (report.tell !== 'opened' || !ours) return report;
  return { ...report, lab: { ...report.lab, ...OURS } };
}

function withImage(request: BenchRequest): BenchRequest {
  if (request.ask !== 'open') return request;
  ours = request.lab === FREE;
  if (!ours) return request;
  const bytes = pvImage(echoSource);
  return { ...request, lab: { name: 'echo', bytes, on: 'host' } };
}

/** A machine that cannot go on says why, and the bench stands. */
function guarded(act: () => void): void {
  try {
    act();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    postMessage({ id, tell: 'refused', why } satisfies BenchReport);
  }
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => guarded(turn), 0);
}

function turn(): void {
  scheduled = false;
  const before = performance.now();
  const goesOn = server.turn(slice);
  const took = performance.now() - before;
  if (took > LONG) slice = Math.max(FIRST, Math.floor(slice / 2));
  else if (took < SHORT && goesOn) slice = Math.min(MOST, slice * 2);
  if (goesOn) schedule();
}

addEventListener('message', ({ data }: MessageEvent<BenchRequest>) => {
  id = data.id;
  guarded(() => {
    server.receive(withImage(data));
    schedule();
  });
});
