// The machine of a bench, away from the page. Between two slices of its work
// it hears what the page asks; a slice takes about as long as two frames.
import { BenchServer } from '../../../src/labs/server.ts';
import type { BenchRequest } from '../../../src/labs/view.ts';

/** Instructions in a slice: at first, and at most. */
const FIRST = 20_000;
const MOST = 4_000_000;
/** A slice that takes longer, in ms, is made shorter, and the reverse. */
const LONG = 50;
const SHORT = 20;

const server = new BenchServer((report) => postMessage(report));
let slice = FIRST;
let scheduled = false;

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setTimeout(turn, 0);
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

addEventListener('message', (event: MessageEvent<BenchRequest>) => {
  server.receive(event.data);
  schedule();
});
