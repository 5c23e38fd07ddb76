// GRUB's boot, saved and restored at every hostcall: the same output, the
// same counts, the same state to the last bit as in a run straight through.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { bootGuest, runHost, type Host } from '../src/dom0/xl/host.ts';
import { dom0 } from '../src/dom0/kernel/program.ts';
import { echoSource } from '../src/guests/pv-echo.ts';
import { pvImage } from '../src/guests/pv-image.ts';
import { restoreXen, saveXen, stateHash } from '../src/xen/snapshot.ts';

interface Result {
  readonly output: string;
  readonly retired: number;
  readonly time: number;
  readonly counts: unknown;
  readonly hash: string;
}

const RAM = 128 * 2 ** 20;

/** Saves and restores instead of what has just stopped. */
function again(host: Host): void {
  const { hooks } = host.xen;
  host.xen = restoreXen(saveXen(host.xen),
    { ramBytes: RAM, program: dom0, hooks });
}

function boot(image: Uint8Array, typed: string, broken: boolean) {
  let output = '';
  let saves = 0;
  const guest = bootGuest({
    image, memoryMiB: 32,
    onOutput: bytes => { output += Buffer.from(bytes).toString('latin1'); },
    hooks: { stopAtHostcall: () => broken },
  });
  const { host } = guest;
  guest.input(new TextEncoder().encode(typed));
  while (runHost(host, Infinity) !== 'ended') {
    if (!broken) throw new Error('it waits');
    saves++;
    again(host);
  }
  const { cpu, root } = host.xen;
  const result: Result = {
    output, retired: cpu.retired, time: cpu.time(),
    counts: structuredClone(root.counts), hash: stateHash(host.xen),
  };
  return { result, saves };
}

function compare(image: Uint8Array, typed: string): void {
  const straight = boot(image, typed, false);
  const broken = boot(image, typed, true);
  expect(broken.result).toEqual(straight.result);
  expect(straight.saves).toBe(0);
  console.log(`saved and restored ${broken.saves} times, `
    + `${broken.result.retired} instructions`);
  expect(broken.saves).toBeGreaterThan(10);
}

test('the echo guest', () => {
  compare(pvImage(echoSource), 'one two three\rq\r');
}, 300_000);

const GRUB = '.guests/grub32/grub-i386-xen.bin';
const here = fs.existsSync(GRUB);
if (!here) console.log(`skipped: GRUB saved and restored: no ${GRUB}`);
test.skipIf(!here)('GRUB', () => {
  compare(new Uint8Array(fs.readFileSync(GRUB)),
    'echo ring-fence\nhalt\n');
}, 600_000);
