import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { HZ } from '../../machine/clock.ts';
import { type Ending, Pc } from './board.ts';
import { assembled, BadImage, load, loadFlat } from './image.ts';
import {
  BadUsage, HELP, type Options, parseOptions,
} from './options.ts';
import { traceLine, trapLine } from './trace.ts';

let column = 0;
const say = (text: string): void => {
  column = text.length - text.lastIndexOf('\n') - 1;
  process.stdout.write(text);
};
const tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
const letter = (byte: number): void => say(String.fromCharCode(byte));

/** The ports that somebody listens to. */
function listeners(options: Options): Map<number, (b: number) => void> {
  const ports = new Map([0xe9, 0x402, ...options.texts]
    .map((port) => [port, letter] as const));
  for (const port of options.posts) {
    ports.set(port, (byte) => say(
      `post 0x${port.toString(16)}: ${
        byte.toString(16).padStart(2, '0')}\n`));
  }
  return ports;
}

function read(image: string): Uint8Array {
  try {
    return readFileSync(image);
  } catch (error) {
    const { code } = error as { code?: string };
    const why = code === 'ENOENT' ? 'there is no such file'
      : code === 'EISDIR' ? 'is a folder' : `cannot be read: ${code}`;
    throw new BadImage(why);
  }
}

const PORTION = 500_000;

/** Letters that are still to be typed. */
let keys = '';

/** Types the next letter when the last one was taken. */
function typeOn(pc: Pc): void {
  if (keys === '' || !pc.keyboard.idle()) return;
  pc.keyboard.type(keys[0] ?? '');
  keys = keys.slice(1);
}

async function run(pc: Pc, options: Options): Promise<Ending> {
  const { cpu } = pc;
  if (options.trace) {
    cpu.watcher = (event) => tell(trapLine(cpu, event));
  }
  for (;;) {
    const exec = options.trace === 'exec';
    if (exec) tell(traceLine(cpu));
    const by = exec ? 1 : PORTION;
    const until = Math.min(options.limit, cpu.retired + by);
    const why = pc.run(until);
    if (why !== 'limit' || until === options.limit) return why;
    typeOn(pc);
    drawLive(pc);
    if (!exec) await setImmediate();
  }
}

let drawn = 0;

/** On a terminal: the text screen, if it has changed. */
function drawLive(pc: Pc): void {
  const { version } = pc.screen;
  if (!process.stdout.isTTY || version === drawn) return;
  const rows = pc.screen.rows();
  if (rows.every((row) => row === '')) return;
  if (drawn === 0) say('\x1b[2J');
  drawn = version;
  say(`\x1b[H${rows.map((row) => `${row}\x1b[K`).join('\r\n')}\r\n`);
}

/** What the text screen shows, if it shows anything. */
function showScreen(pc: Pc): void {
  if (drawn > 0) return;
  const rows = pc.screen.rows();
  while (rows.at(-1) === '') rows.pop();
  if (rows.length > 0) say(`\n${rows.join('\n')}\n`);
}

/** Keys go to serial port and keyboard; returns what ends that. */
function attach(pc: Pc): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => {};
  const CTRL_C = 3;
  const restore = (): void => {
    stdin.setRawMode(false);
    stdin.pause();
  };
  stdin.setRawMode(true);
  stdin.on('data', (bytes: Buffer) => {
    for (const byte of bytes) {
      if (byte === CTRL_C) {
        restore();
        showScreen(pc);
        tell('\ninterrupted');
        process.exit(130);
      }
      pc.serial.receive(byte);
      keys += String.fromCharCode(byte);
    }
  });
  return restore;
}

const ENDINGS: Record<Ending, string> = {
  halted: 'the processor has halted with interrupts off',
  reset: 'a reset was asked for',
  shutdown: 'triple fault: the processor has shut down',
  limit: 'the limit of instructions was reached',
};

function showStats({ cpu }: Pc): void {
  const time = cpu.time();
  tell(`retired instructions: ${cpu.retired}`);
  tell(`virtual time: ${time}, ${(time / HZ).toFixed(6)} seconds`);
}

async function runImage(options: Options): Promise<number> {
  const bytes = read(options.image);
  const pc = new Pc({
    memory: options.memory, serial: letter, ports: listeners(options),
  });
  if (options.image.endsWith('.asm')) {
    const { at = 0x8000, real } = options;
    loadFlat(pc, assembled(bytes, at, real), at, real);
  } else load(pc, bytes, options);
  keys = options.keys;
  const restore = attach(pc);
  const ending = await run(pc, options);
  restore();
  if (column > 0) say('\n');
  showScreen(pc);
  tell(`machine: ${ENDINGS[ending]}`);
  if (options.stats) showStats(pc);
  return ending === 'shutdown' ? 1 : 0;
}

async function main(words: readonly string[]): Promise<number> {
  if (words.includes('--help') || words.length === 0) {
    say(`${HELP}\n`);
    return 0;
  }
  const [verb, ...rest] = words;
  if (verb !== 'run') throw new BadUsage(`run, not ${verb}`);
  const options = parseOptions(rest);
  try {
    return await runImage(options);
  } catch (error) {
    if (!(error instanceof BadImage)) throw error;
    tell(`machine: ${options.image}: ${error.message}`);
    return 1;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BadUsage)) throw error;
  tell(`machine: ${error.message}; try --help`);
  process.exitCode = 2;
}
