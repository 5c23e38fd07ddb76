// `npm run campaign:replay`: types at GRUB's prompt, letter by letter at random
// moments, until so many instructions are retired; replays the recording on a
// second host; and takes that one back and forth.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { loadConfig, requestFor } from '../src/dom0/xl/files.ts';
import { ramFor, runHost, startHost } from '../src/dom0/xl/host.ts';
import { HostMachine } from '../src/dom0/xl/machine.ts';
import { Intake, readTape, startTape, type HostTape } from '../src/dom0/xl/record.ts';
import { commandLine } from '../src/machine/command-line.ts';
import { Timeline } from '../src/machine/replay.ts';
import { stateHash } from '../src/xen/snapshot.ts';

const USAGE = `usage: npm run campaign:replay -- [options]

Types at GRUB's prompt and records that, replays the recording on a second
host, and takes that one back and forth. npm run guests -- grub32 fetches GRUB.

  --seed N           of what is typed, and when (default 1)
  --instructions N   so many are retired at least (default 100000000)
  --steps N          back and forward again (default 1000)
  --file FILE        the recording (default ${join(tmpdir(), 'ringfence-campaign.rec')})
  --help             show this text

Ends with 1 if a state is not the same.`;

const values = commandLine(USAGE, { seed: 1, instructions: 100_000_000, steps: 1000,
  file: join(tmpdir(), 'ringfence-campaign.rec') }).values;
const { instructions: goal, steps } = values;
const CONFIG = '.guests/grub32/grub32.cfg';
if (!fs.existsSync(CONFIG)) {
  console.log(`there is no ${CONFIG}: npm run guests -- grub32`);
  process.exit(1);
}

let state = values.seed;
function below(n: number): number {
  state = Math.imul(state, 1_103_515_245) + 12_345 >>> 0;
  return (state >>> 8) % n;
}

const LINES = ['echo ring-fence\n', 'help\n', 'set\n', 'ls\n', 'lsmod\n', 'ec\tho x\n',
  'echo $root\n', 'set x=5\n', 'help echo\n', 'nonsense\n', '\x01\x0b', '\x1b[A\n',
  'ls (memdisk)/\n', 'terminal_output\n'];

/** Somebody who types until the goal is reached, and halts the guest. */
function record(): { text: string; keys: number } {
  const config = loadConfig(CONFIG, []);
  const request = requestFor(config, false);
  const ramMiB = ramFor(config.memoryMiB);
  let [text, pending, keys] = ['', '', 0];
  const host = startHost({ ramMiB, onOutput: bytes => { text += Buffer.from(bytes).toString('latin1'); } });
  const intake = new Intake(host, request, startTape(values.file, ramMiB, request));
  intake.create();
  for (;;) {
    const stop = runHost(host, 1 + below(200_000));
    intake.mark();
    if (stop === 'ended') break;
    if (!text.includes('grub>') || (stop === 'running' && below(4) !== 0)) continue;
    if (pending === '') pending = host.xen.cpu.retired < goal ? LINES[below(LINES.length)]! : '\n\n\x01\x0bhalt\n';
    const n = 1 + below(3);
    intake.keys(new TextEncoder().encode(pending.slice(0, n)));
    keys += Math.min(n, pending.length);
    pending = pending.slice(n);
  }
  intake.end(0);
  return { text, keys };
}

/** A host that is taken along a recording. */
function follower({ ramMiB, request, lines }: HostTape, text: string[]) {
  const host = startHost({ ramMiB, onOutput: bytes => text.push(Buffer.from(bytes).toString('latin1')) });
  const machine = new HostMachine(host, [request]);
  const log = lines.flatMap(({ at, what }) => (what ? [{ at, what }] : []));
  return { host, machine, log };
}

function must(truth: boolean, what: string): void {
  console.log(`${truth ? 'ok' : 'FAILED'}: ${what}`);
  if (!truth) process.exitCode = 1;
}

const first = record();
const tape = readTape(values.file);
const last = tape.lines.at(-1)!;
console.log(`seed ${values.seed}: ${last.at} instructions, ${first.keys} keys, ${tape.lines.length} lines, ${fs.statSync(values.file).size} bytes`);
const text: string[] = [];
const { host, machine, log } = follower(tape, text);
const line = new Timeline(machine, log, { wide: 5_000_000, fine: 2000, most: 24 });
must(line.seek(last.at) === last.at, 'the replay comes to the last instruction');
const there = stateHash(host.xen);
for (let n = 0; n < steps; n++) line.back(1);
must(line.now() === last.at - steps, `${steps} steps back`);
for (let n = 0; n < steps; n++) line.forward(1);
must(stateHash(host.xen) === there, 'and forward again: the same state');
const middle = Math.floor(last.at / 2);
line.seek(middle);
const then = stateHash(host.xen);
line.seek(1000 + below(middle));
line.seek(middle);
must(stateHash(host.xen) === then, 'a leap to and fro: the same state');
line.seek(last.at);
machine.input({ time: 0, idle: false, ...last.end });
must(stateHash(host.xen) === last.hash, `the state at the end is that of the recorded run: ${last.hash}`);
const whole: string[] = [];
const plain = follower(tape, whole);
for (const { at, what } of plain.log) {
  plain.machine.runTo(at);
  plain.machine.input(what);
}
plain.machine.runTo(last.at);
plain.machine.input({ time: 0, idle: false, ...last.end });
must(whole.join('') === first.text, 'straight through, the guest prints the same');
must(stateHash(plain.host.xen) === last.hash, 'and ends in the same state');
