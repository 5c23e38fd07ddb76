// QEMU with TCG. At a mark its pvpanic device stops the machine, so that the
// time of the processor's thread can be read while it sleeps.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ranFor } from '../clock.ts';
import { closed, start } from '../processes.ts';
import { type Measured, MEMORY, RunFailed, type Sample, TEXT_PORT, understand } from './engine.ts';

const QEMU = 'qemu-system-i386';

/** Why QEMU can't be used, or undefined. */
export function whyNotQemu(): string | undefined {
  return spawnSync(QEMU, ['--version']).error
    ? `${QEMU} is not installed (Debian: apt-get install qemu-system-x86)` : undefined;
}

export function versionOfQemu(): string {
  const { stdout } = spawnSync(QEMU, ['--version'], { encoding: 'utf8' });
  return /version ([\d.]+)/.exec(stdout)?.[1] ?? '?';
}

/** A line of QEMU's machine protocol. */
interface Message {
  readonly QMP?: unknown;
  readonly event?: string;
  readonly id?: string;
  readonly error?: { readonly desc: string };
  readonly return?: unknown;
}

const options = (image: string, words: readonly string[], text: string): string[] => [
  '-accel', 'tcg', '-machine', 'pc', '-m', `${MEMORY >> 20}`, '-S',
  '-nodefaults', '-no-user-config', '-display', 'none', '-vga', 'none',
  '-kernel', image, '-append', words.join(' '),
  '-chardev', `file,id=text,path=${text}`,
  '-device', `isa-debugcon,iobase=${TEXT_PORT},chardev=text`,
  '-device', 'pvpanic', '-action', 'panic=pause', '-qmp', 'stdio',
];

function clocks(pid: number, thread: number): Sample {
  const tasks = `/proc/${pid}/task`;
  const all = readdirSync(tasks).map((task) => ranFor(`${tasks}/${task}/schedstat`));
  return {
    thread: ranFor(`${tasks}/${thread}/schedstat`),
    process: all.reduce((sum, time) => sum + time, 0), wall: performance.now() * 1e6,
  };
}

/** Runs a guest under QEMU; throws RunFailed. */
export async function runQemu(image: string, words: readonly string[]): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const text = join(folder, 'text');
  const tidy = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', tidy);
  try {
    const samples = await samplesOf(options(image, words, text), () => readFileSync(text, 'latin1'));
    return understand(readFileSync(text, 'latin1'), samples);
  } finally {
    process.off('exit', tidy);
    tidy();
  }
}

/** Answers QEMU's messages and takes a sample whenever it has stopped. */
function conversation(pid: number, say: (command: string) => void, text: () => string) {
  const heard = { samples: [] as Sample[], finished: false, complaint: '' };
  let thread = 0;
  const stopped = (): void => {
    heard.samples.push(clocks(pid, thread));
    heard.finished = /^(end|fail .*)\n/m.test(text());
    say(heard.finished ? 'quit' : 'cont');
  };
  const hear = (message: Message): void => {
    if (message.error) heard.complaint += message.error.desc;
    else if (message.QMP) say('qmp_capabilities');
    else if (message.id === 'qmp_capabilities') say('query-cpus-fast');
    else if (message.id === 'query-cpus-fast') {
      thread = (message.return as readonly { 'thread-id': number }[])[0]?.['thread-id'] ?? 0;
      say('cont');
    } else if (message.event === 'STOP') stopped();
  };
  return { heard, hear };
}

async function samplesOf(words: readonly string[], text: () => string): Promise<Sample[]> {
  const child = start(QEMU, words, { stdio: ['pipe', 'pipe', 'pipe'] });
  const { heard, hear } = conversation(child.pid ?? 0, (command) => {
    child.stdin?.write(`${JSON.stringify({ execute: command, id: command })}\n`);
  }, text);
  child.stdin?.on('error', () => {});
  child.stderr?.on('data', (part: Buffer) => { heard.complaint += part.toString(); });
  createInterface({ input: child.stdout! }).on('line', (line) => hear(JSON.parse(line) as Message));
  await closed(child, QEMU);
  if (!heard.finished) throw new RunFailed(`${QEMU} ended before the guest: ${heard.complaint.trim()}`);
  return heard.samples;
}
