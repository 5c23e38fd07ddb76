// One run of a guest on ours or on v86 in a process of its own:
// node tools/run.mjs tools/bench/child.ts ENGINE IMAGE WORDS… prints one line of
// JSON.
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { beginWithKept } from '../../src/x86/fast/keep.ts';
import { sample } from './clock.ts';
import { type Listener, type Sample, understand } from './engines/engine.ts';
import { startOurs } from './engines/ours.ts';
import { runV86 } from './engines/v86.ts';

const [engine = '', file = '', ...words] = process.argv.slice(2);
const samples: Sample[] = [];
let text = '';
const listener: Listener = {
  letter: (byte) => { text += String.fromCharCode(byte); },
  mark: (retired) => { samples.push(sample(retired)); },
};
const ended = (): boolean => /^(end|fail .*)\n/m.test(text);

// What an engine logs is no part of the answer.
console.log = console.error;

async function runOurs(image: Uint8Array, command: string): Promise<void> {
  beginWithKept();
  const machine = startOurs(image, command, listener);
  while (machine.turn()) await setImmediate();
}

const image = readFileSync(file);
try {
  const command = words.join(' ');
  if (engine === 'v86') await runV86(image, command, listener, ended);
  else await runOurs(image, command);
  process.stdout.write(`${JSON.stringify(understand(text, samples))}\n`);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
