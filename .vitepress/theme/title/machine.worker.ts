// The finished book at work behind the title page: processor, hypervisor,
// domain 0 and our first guest, with the hypercalls as they are made.
import { bootGuest, type Guest } from '../../../src/dom0/xl/host.ts';
import { echoSource } from '../../../src/guests/pv-echo.ts';
import { pvImage } from '../../../src/guests/pv-image.ts';
import { hypercallName } from '../../../src/xen/public/xen.ts';
import type { Call, Key, Scene } from './protocol';

/** Nanoseconds of the machine's time between two looks at the keyboard. */
const SLICE = 100_000;
/** After so many slices without a word from the guest the machine is stopped
 * until a key is pressed: it only waits, and the reader's battery is worth
 * more. */
const REST = 40;
const SHOWN = 9;

const decoder = new TextDecoder();
const calls: Call[] = [];
let made = 0;
let faults = 0;
let quiet = 0;
let scheduled = false;

const say = (scene: Scene): void => postMessage(scene);

function remember(domain: number, nr: number): void {
  made += 1;
  const name = hypercallName(nr);
  const last = calls.at(-1);
  if (last?.domain === domain && last.name === name) last.times += 1;
  else calls.push({ domain, name, times: 1 });
  if (calls.length > SHOWN) calls.shift();
}

function boot(): Guest {
  return bootGuest({
    name: 'echo', image: pvImage(echoSource), memoryMiB: 64,
    onOutput: (bytes) => {
      quiet = 0;
      say({ kind: 'guest', text: decoder.decode(bytes) });
    },
    hooks: {
      hypercall: (v, { nr }) => remember(v.domain.id, nr),
      trap: (_, vector) => { if (vector < 32) faults += 1; },
    },
  });
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setTimeout(slice, 0);
}

function slice(): void {
  scheduled = false;
  const state = guest.run(SLICE);
  quiet += 1;
  const rests = state === 'waiting' || quiet > REST;
  const now = state === 'ended' ? 'ended' : rests ? 'resting' : 'running';
  const { retired } = guest.host.xen.cpu;
  say({ kind: 'state', calls, made, retired, faults, state: now });
  if (now === 'running') schedule();
}

addEventListener('message', (event: MessageEvent<Key>) => {
  guest.input(event.data.bytes);
  quiet = 0;
  schedule();
});
addEventListener('unhandledrejection', (event) => {
  say({ kind: 'failed', reason: String(event.reason) });
});

const guest = boot();
schedule();
