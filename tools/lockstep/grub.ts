// GRUB in lockstep: the same boot in the reference and translated, typed at
// the same counts, compared again and again. `npm run guests -- grub32` first.
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';
import { bootGuest, type Guest } from '../../src/dom0/xl/host.ts';
import { commandLine } from '../../src/machine/command-line.ts';
import { hashOf } from '../../src/machine/hash.ts';
import type { Cpu } from '../../src/x86/cpu.ts';
import { tuned, TUNINGS } from './lockstep.ts';

export const GRUB = '.guests/grub32/grub-i386-xen.bin';

/** What two boots have in common, or where they part. */
export interface Comparison {
  readonly retired: number;
  readonly cuts: number;
  readonly output: string;
  readonly hash: string;
  readonly seconds: readonly [reference: number, translated: number];
  readonly difference: string | undefined;
}

/** All state that a program could notice, as one number. */
export function stateHash({ state, phys, memory, retired, charged }: Cpu) {
  return hashOf([retired, charged, state.save(), phys.save(),
    memory.mmu.tlb.save()]);
}

interface Side { guest: Guest; output: number[]; seconds: number }

function start(image: Uint8Array, translated: boolean): Side {
  const output: number[] = [];
  const onOutput = (bytes: Uint8Array) => { output.push(...bytes); };
  const guest = bootGuest({ image, memoryMiB: 64, translated, onOutput });
  return { guest, output, seconds: 0 };
}

function run(side: Side, budget: number): string {
  const begin = process.cpuUsage();
  const state = side.guest.run(budget);
  side.seconds += process.cpuUsage(begin).user / 1e6;
  return state;
}

const text = ({ output }: Side): string =>
  Buffer.from(output).toString('latin1');

const cpuOf = ({ guest }: Side): Cpu => guest.host.xen.cpu;

function part(a: Side, b: Side, whole: boolean): string | undefined {
  const [x, y] = [cpuOf(a), cpuOf(b)];
  if (x.retired !== y.retired) return `retired ${x.retired}, ${y.retired}`;
  if (text(a) !== text(b)) return `output ${text(a)}\n--\n${text(b)}`;
  const at = x.state.i32.findIndex((word, n) => word !== y.state.i32[n]);
  if (at >= 0) return `state word ${at}`;
  if (whole && stateHash(x) !== stateHash(y)) return 'memory or TLB';
  return undefined;
}

/** Boots, types when GRUB asks, and halts; at most `most` slices. */
export function compareBoots(
  image: Uint8Array, budget: number, most: number, keys: string,
): Comparison {
  const [a, b] = [start(image, false), start(image, true)];
  let [cuts, typed, state] = [0, 0, 'running'];
  let difference: string | undefined;
  while (state !== 'ended' && cuts < most && !difference) {
    const slice = budget + cuts % 1009;
    const states = [run(a, slice), run(b, slice)];
    state = states[0] ?? 'ended';
    cuts++;
    difference = states[0] === states[1]
      ? part(a, b, cuts % 32 === 0) : states.join(', ');
    if (text(a).includes('grub>') && typed < keys.length) {
      const key = Uint8Array.of(keys.charCodeAt(typed++));
      for (const { guest } of [a, b]) guest.input(key);
    }
  }
  difference ??= part(a, b, true);
  return { retired: cpuOf(a).retired, cuts, output: text(a), difference,
    hash: stateHash(cpuOf(a)), seconds: [a.seconds, b.seconds] };
}

const USAGE = `usage: npm run campaign:grub -- [options]

Boots GRUB in the reference and translated, types at its prompt, and
compares registers and output after each slice. npm run guests -- grub32
fetches it.

  --tuning NAME   of the translator: ${Object.keys(TUNINGS).join(', ')}
                  (default: default)
  --budget N      instructions of a slice (default 500000)
  --most N        slices at most (default 1000)
  --help          show this text

Ends with 1 if anything differed.`;

function complain(text: string): void {
  console.error(text);
  process.exitCode = 2;
}

function main(): void {
  const { tuning, budget, most } = commandLine(USAGE,
    { tuning: 'default', budget: 500_000, most: 1000 }).values;
  if (!Object.hasOwn(TUNINGS, tuning)) {
    return complain(`--tuning: there is no ${tuning}; try --help`);
  }
  if (budget === 0) return complain('--budget: a slice of nothing');
  if (!fs.existsSync(GRUB)) {
    return complain(`there is no ${GRUB}: npm run guests -- grub32`);
  }
  const image = fs.readFileSync(GRUB);
  const { output, ...rest } = tuned(TUNINGS[tuning] ?? {}, () =>
    compareBoots(image, budget, most, 'echo fence\nhalt\n'));
  console.log(output.slice(-400));
  console.log(tuning, rest);
  process.exitCode = rest.difference ? 1 : 0;
}

const [, file = ''] = process.argv;
if (import.meta.url === pathToFileURL(file).href) main();
