// The whole book at work: processor, hypervisor, domain 0 and one guest.
import { bootGuest, type Guest } from '../../../src/dom0/xl/host.ts';
import { crashLines } from '../../../src/dom0/xl/report.ts';
import { echoSource } from '../../../src/guests/pv-echo.ts';
import { pvImage } from '../../../src/guests/pv-image.ts';
import type { LabReport, LabRequest } from './protocol';

/** Instructions between two looks at the keyboard. */
const SLICE = 400_000;

let guest: Guest | undefined;
let scheduled = false;

const report = (message: LabReport): void => postMessage(message);

function boot(name: string, image: Uint8Array | undefined): void {
  guest = bootGuest({
    name, image: image ?? pvImage(echoSource), memoryMiB: 64,
    onOutput: (bytes) => report({ kind: 'output', bytes }),
  });
  schedule();
}

/** Goes on after the messages that wait have been heard. */
function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setTimeout(slice, 0);
}

function slice(): void {
  scheduled = false;
  if (!guest) return;
  try {
    const state = guest.run(SLICE);
    tell(guest, state);
    if (state === 'running') schedule();
  } catch (error) {
    report({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
    guest = undefined;
  }
}

function tell(g: Guest, state: 'running' | 'waiting' | 'ended'): void {
  const { xen } = g.host;
  const hypercalls = Object.values(xen.root.counts.hypercalls)
    .reduce((a, b) => a + b, 0);
  report({ kind: 'state', state, retired: xen.cpu.retired, hypercalls });
  if (state !== 'ended') return;
  const reason = g.failure();
  if (reason !== undefined) report({ kind: 'failed', reason });
  for (const { domid, crash } of g.host.endings) {
    if (crash) report({ kind: 'report', lines: crashLines(domid, crash) });
  }
}

addEventListener('message', (event: MessageEvent<LabRequest>) => {
  const request = event.data;
  if (request.kind === 'boot') boot(request.name, request.image);
  else if (guest) {
    guest.input(request.bytes);
    schedule();
  }
});
