import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { HZ } from '../../machine/clock.ts';
import { BadRecording } from '../../machine/recording.ts';
import { Diverged } from '../../machine/replay.ts';
import { beginWithKept } from '../fast/keep.ts';
import { IF } from '../flags.ts';
import { EFLAGS } from '../state.ts';
import { type Ending, Pc } from './board.ts';
import {
  assembled, BadImage, load, loadFlat, refuseRamdisk,
} from './image.ts';
import {
  BadUsage, HELP, type Options, parseOptions, parseReplay,
  type ReplayOptions,
} from './options.ts';
import { PcTape, readTape, type Setup } from './record.ts';
import { rerun } from './rerun.ts';
import { type PcInput, PcMachine } from './rewind.ts';
import { traceLine, trapLine } from './trace.ts';

let column = 0;
let muted = false;
const say = (text: string): void => {
  if (muted) return;
  column = text.length - text.lastIndexOf('\n') - 1;
  process.stdout.write(text);
};
const tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
const letter = (byte: number): void => say(String.fromCharCode(byte));

/** The ports that somebody listens to. */
function listeners(options: Setup): Map<number, (b: number) => void> {
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

/** The file beside a kernel, if one was named. */
function readRamdisk({ ramdisk }: Options): Uint8Array | undefined {
  try {
    return ramdisk === undefined ? undefined : read(ramdisk);
  } catch (error) {
    if (!(error instanceof BadImage)) throw error;
    throw new BadImage(`its ramdisk ${ramdisk}: ${error.message}`);
  }
}

const PORTION = 500_000;

/** Letters that are still to be typed. */
let keys = '';
/** Where all that comes in goes. */
let outside: (what: PcInput) => void = () => {};
let tape: PcTape | undefined;

/** Types the next letter when the last one was taken. */
function typeOn(pc: Pc): void {
  if (keys === '' || !pc.keyboard.idle()) return;
  outside({ keys: keys[0] ?? '' });
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
    if (why === 'halted' && await roused(pc)) continue;
    if (why !== 'limit' || until === options.limit) return why;
    tape?.mark(cpu.retired);
    typeOn(pc);
    drawLive(pc);
    if (!exec) await setImmediate();
  }
}

/** A processor that waits may be roused from outside: by a letter that
 * is still to be typed, or by whoever sits at the terminal. */
async function roused(pc: Pc): Promise<boolean> {
  if ((pc.cpu.get(EFLAGS) & IF) === 0) return false;
  drawLive(pc);
  const types = keys !== '' && pc.keyboard.idle();
  if (types) typeOn(pc);
  else if (process.stdin.isTTY) await once(process.stdin, 'data');
  else return false;
  return true;
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
        tape?.end(pc, 'limit');
        showScreen(pc);
        tell('\ninterrupted');
        process.exit(130);
      }
      outside({ serial: [byte] });
      keys += String.fromCharCode(byte);
    }
  });
  return restore;
}

const ENDINGS: Record<Ending, string> = {
  halted: 'the processor has halted, and nothing will wake it',
  reset: 'a reset was asked for',
  shutdown: 'triple fault: the processor has shut down',
  limit: 'the limit of instructions was reached',
};

function showStats({ cpu }: Pc): void {
  const time = cpu.time();
  tell(`retired instructions: ${cpu.retired}`);
  tell(`virtual time: ${time}, ${(time / HZ).toFixed(6)} seconds`);
}

/** A PC with an image in it. */
function build(
  setup: Setup, bytes: Uint8Array, ramdisk: Uint8Array | undefined,
  translated: boolean,
): Pc {
  if (translated) beginWithKept();
  const pc = new Pc({
    memory: setup.memory, serial: letter, ports: listeners(setup),
    translated,
  });
  if (setup.image.endsWith('.asm')) {
    const { at = 0x8000, real } = setup;
    refuseRamdisk(ramdisk);
    loadFlat(pc, assembled(bytes, at, real), at, real);
  } else load(pc, bytes, { ...setup, ramdisk });
  return pc;
}

async function runImage(options: Options): Promise<number> {
  const bytes = read(options.image);
  const ramdisk = readRamdisk(options);
  const exact = options.reference || options.trace === 'exec';
  const pc = build(options, bytes, ramdisk, !exact);
  const machine = new PcMachine(pc);
  if (options.record !== undefined) {
    tape = new PcTape(options.record, options, bytes, ramdisk);
  }
  outside = tape ? tape.through(machine)
    : (what) => { machine.input(what); };
  keys = options.keys;
  const restore = attach(pc);
  const ending = await run(pc, options);
  restore();
  tape?.end(pc, ending);
  if (column > 0) say('\n');
  showScreen(pc);
  tell(`machine: ${ENDINGS[ending]}`);
  if (options.stats) showStats(pc);
  return ending === 'shutdown' ? 1 : 0;
}

function replay(options: ReplayOptions): number {
  const found = readTape(options.file);
  const { setup, image, ramdisk } = found;
  const pc = build(setup, image, ramdisk, !options.reference);
  const { lines, code } = rerun(pc, found, options, () => {
    muted = true;
  });
  muted = false;
  if (column > 0) say('\n');
  showScreen(pc);
  lines.forEach((line) => say(`${line}\n`));
  return code;
}

/** Says with the file's name what is wrong with it. */
async function attempt(
  file = '', what: () => number | Promise<number>,
): Promise<number> {
  try {
    return await what();
  } catch (error) {
    const ofFile = error instanceof BadImage
      || error instanceof Diverged;
    if (!ofFile && !(error instanceof BadRecording)) throw error;
    const name = ofFile ? `${file}: ` : '';
    tell(`machine: ${name}${error.message}`);
    return 1;
  }
}

async function main(words: readonly string[]): Promise<number> {
  if (words.includes('--help') || words.length === 0) {
    say(`${HELP}\n`);
    return 0;
  }
  const [verb, ...rest] = words;
  if (verb === 'replay') return attempt(rest[0], () =>
    replay(parseReplay(rest)));
  if (verb !== 'run') throw new BadUsage(`run or replay, not ${verb}`);
  const options = parseOptions(rest);
  return attempt(options.image, () => runImage(options));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BadUsage)) throw error;
  tell(`machine: ${error.message}; try --help`);
  process.exitCode = 2;
}
