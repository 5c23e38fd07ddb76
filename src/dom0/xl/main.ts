import process from 'node:process';
import { BadRecording } from '../../machine/recording.ts';
import { Diverged } from '../../machine/replay.ts';
import { SHUTDOWN } from '../../xen/public/sched.ts';
import { ConfigError } from './cfg.ts';
import type { Action, DomainConfig } from './config.ts';
import { loadConfig, requestFor, UserError } from './files.ts';
import {
  createGuest, ramFor, runHost, startHost, type Ending, type Host,
} from './host.ts';
import {
  HELP, parseOptions, UsageError, type Options,
} from './options.ts';
import { Intake, startTape } from './record.ts';
import { replay } from './replay.ts';
import {
  crashLines, infoLines, listLines, statLines,
} from './report.ts';
import {
  openTerminal, plainLines, say, writeAll, type Terminal,
} from './terminal.ts';
import { traceExec, traceHooks } from './trace.ts';

const SLICE = 250_000;

/** Set by a signal; the loop looks at it. */
let signal: { name: string; code: number } | undefined;
const signalled = new Promise<void>(resolve => {
  for (const [name, code] of [
    ['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129],
  ] as const) {
    process.on(name, () => {
      signal = { name, code };
      resolve();
    });
  }
});

/** Shows what a guest prints. */
function screen(): (bytes: Uint8Array) => void {
  const plain = process.stdout.isTTY
    ? (bytes: Uint8Array) => bytes : plainLines();
  return bytes => { writeAll(1, plain(bytes)); };
}

function powerOn(o: Options, configs: readonly DomainConfig[]): Host {
  for (const config of configs) {
    for (const warning of config.warnings) say(`xl: ${warning}`);
  }
  const need = configs.reduce((sum, c) => sum + c.memoryMiB, 0);
  const show = o.command === 'create' && o.console;
  const output = screen();
  const host: Host = startHost({
    ramMiB: ramFor(need),
    translated: !o.reference && !o.trace.has('exec'),
    onOutput: bytes => { if (show) output(bytes); },
    hooks: {
      ...traceHooks(o.trace, () => host.xen.clock.time(), say),
      ...(o.verbose ? { log: line => say(`(XEN) ${line}`) } : {}),
    },
  });
  if (o.trace.has('exec')) traceExec(host.xen.cpu, say);
  return host;
}

type Stop = 'ended' | 'left' | 'limit' | 'idle' | 'signal';

const soon = (): Promise<void> =>
  new Promise(resolve => { setImmediate(resolve); });

async function drive(
  host: Host, o: Options, terminal: Terminal, intake: Intake,
): Promise<Stop> {
  for (;;) {
    if (signal) return 'signal';
    if (terminal.left) return 'left';
    intake.keys(terminal.take());
    intake.mark();
    const left = o.limit - host.xen.clock.time();
    const state = runHost(host, Math.min(SLICE, left));
    if (state === 'ended') return 'ended';
    if (host.xen.clock.time() >= o.limit) return 'limit';
    if (state === 'waiting' && !terminal.live) return 'idle';
    await Promise.race([
      signalled, state === 'waiting' ? terminal.change() : soon(),
    ]);
  }
}

function actionFor(config: DomainConfig, { reason }: Ending): Action {
  if (reason === SHUTDOWN.poweroff) return config.onPoweroff;
  if (reason === SHUTDOWN.reboot) return config.onReboot;
  return config.onCrash;
}

function report(config: DomainConfig, ending: Ending): number {
  const { reason, crash, domid } = ending;
  if (reason === SHUTDOWN.poweroff || reason === SHUTDOWN.reboot) {
    return 0;
  }
  const names = Object.entries(SHUTDOWN);
  const name = names.find(([, n]) => n === reason)?.[0] ?? reason;
  say(`xl: ${config.kernel}: the domain ended with "${name}"`);
  if (crash) for (const line of crashLines(domid, crash)) say(line);
  return 1;
}

async function live(
  host: Host, o: Options, config: DomainConfig, terminal: Terminal,
  intake: Intake,
): Promise<number> {
  for (;;) {
    intake.create();
    const stop = await drive(host, o, terminal, intake);
    for (const answer of host.answers.splice(0)) {
      if (answer.event !== 'failed') continue;
      throw new UserError(`${config.file}: ${answer.reason}`);
    }
    if (stop !== 'ended') return stopped(stop, o, config);
    const ending = host.endings.at(-1)!;
    const code = report(config, ending);
    const action = actionFor(config, ending);
    if (action !== 'restart') return code;
    say(`xl: ${config.name} is started again, as ${config.file} says`);
  }
}

function stopped(stop: Stop, o: Options, c: DomainConfig): number {
  if (stop === 'signal') {
    say(`xl: ${signal!.name}: ${c.name} is destroyed`);
    return signal!.code;
  }
  if (stop === 'left') {
    say(`\r\nxl: left the console: ${c.name} is destroyed`);
    return 0;
  }
  if (stop === 'limit') {
    say(`xl: stopped at time ${o.limit}`);
    return 3;
  }
  if (o.paused) {
    say(`xl: ${c.name} was created and stays paused`);
    return 0;
  }
  say(`xl: ${c.name} waits for something that cannot happen`);
  return 1;
}

async function create(o: Options): Promise<number> {
  const config = loadConfig(o.files[0]!, o.more);
  const request = requestFor(config, o.paused);
  const ramMiB = ramFor(config.memoryMiB);
  const tape = o.record === undefined ? undefined
    : startTape(o.record, ramMiB, request);
  const terminal = openTerminal(o.console);
  const host = powerOn(o, [config]);
  const intake = new Intake(host, request, tape);
  try {
    const code = await live(host, o, config, terminal, intake);
    intake.end(code);
    return code;
  } finally {
    terminal.close();
    if (o.stats) {
      statLines(host.xen, host.xen.cpu.retired).forEach(say);
    }
  }
}

function look(o: Options): number {
  const configs = o.files.map(file => loadConfig(file, []));
  const host = powerOn(o, configs);
  const paused = o.command !== 'dmesg';
  for (const c of configs) createGuest(host, requestFor(c, paused));
  const { clock } = host.xen;
  while (clock.time() < o.limit && runHost(host, SLICE) === 'running');
  const names = new Map([[0, 'Domain-0']]);
  for (const a of host.answers) {
    if (a.event === 'created') names.set(a.domid, a.name);
    if (a.event === 'failed') {
      const file = configs.find(c => c.name === a.name)?.file;
      throw new UserError(`${file}: ${a.reason}`);
    }
  }
  const lines = o.command === 'list' ? listLines(host.xen, names)
    : o.command === 'info' ? infoLines(host.xen) : host.log;
  const text = lines.map(line => `${line}\n`).join('');
  writeAll(1, new TextEncoder().encode(text));
  return 0;
}

async function main(argv: readonly string[]): Promise<number> {
  try {
    const o = parseOptions(argv);
    if (o.command === 'help') {
      writeAll(1, new TextEncoder().encode(HELP));
      return argv.length ? 0 : 2;
    }
    if (o.command === 'replay') return replay(o, screen(), say);
    return o.command === 'create' ? await create(o) : look(o);
  } catch (error) {
    if (error instanceof UsageError) {
      say(`xl: ${error.message}; see xl help`);
      return 2;
    }
    const mine = error instanceof UserError
      || error instanceof ConfigError || error instanceof BadRecording
      || error instanceof Diverged;
    if (!mine) throw error;
    say(`xl: ${error.message}`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
