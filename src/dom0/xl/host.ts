import type { Hooks, Xen, CrashReport } from '../../xen/common/xen.ts';
import { describeCrash } from '../../xen/arch.ts';
import { hostInput, runXen, startXen } from '../../xen/boot.ts';
import { SHUTDOWN } from '../../xen/public/sched.ts';
import { TERMINAL } from '../console/consoled.ts';
import { dom0 } from '../kernel/program.ts';
import {
  ANSWERS, encodeRequest, REQUESTS, type Answer, type CreateRequest,
} from '../toolstack/letters.ts';

/** How the last domain ended. */
export interface Ending {
  readonly domid: number;
  /** A SHUTDOWN reason. */
  readonly reason: number;
  readonly crash: CrashReport | undefined;
}

export interface Host {
  /** Another one after a snapshot was restored. */
  xen: Xen;
  /** Xen's own console: what `xl dmesg` shows. */
  readonly log: string[];
  /** dom0's answers, oldest first, not yet taken. */
  readonly answers: Answer[];
  /** Domains created and not yet ended. */
  alive: number;
  endings: Ending[];
  /** All slept at the end of the last run; nobody was woken since. */
  idle: boolean;
}

export interface HostOptions {
  readonly ramMiB?: number;
  readonly onOutput: (bytes: Uint8Array) => void;
  readonly hooks?: Hooks;
  /** Whether code is translated; else the reference runs it. */
  readonly translated?: boolean;
}

const DOM0_MIB = 32;
const SPARE_MIB = 32;

/** Memory for guests of so many MiB, dom0 and Xen. */
export const ramFor = (guestsMiB: number): number =>
  Math.max(128, guestsMiB + DOM0_MIB + SPARE_MIB);

export function startHost(options: HostOptions): Host {
  const log: string[] = [];
  const answers: Answer[] = [];
  const output = (channel: number, bytes: Uint8Array): void => {
    if (channel === TERMINAL) options.onOutput(bytes);
    if (channel === ANSWERS) hear(host, bytes);
  };
  const hooks: Hooks = {
    ...options.hooks, output, log: line => {
      log.push(line);
      options.hooks?.log?.(line);
    },
  };
  const xen = startXen({
    ramBytes: (options.ramMiB ?? 256) * 2 ** 20,
    dom0Bytes: DOM0_MIB * 2 ** 20, program: dom0, hooks,
    translated: options.translated ?? true,
  });
  const host: Host = {
    xen, log, answers, alive: 0, endings: [], idle: false,
  };
  return host;
}

function hear(host: Host, bytes: Uint8Array): void {
  const text = new TextDecoder().decode(bytes);
  for (const line of text.split('\n').filter(Boolean)) {
    const answer = JSON.parse(line) as Answer;
    host.answers.push(answer);
    if (answer.event === 'created') continue;
    host.alive--;
    if (answer.event === 'failed') continue;
    const { domid, reason } = answer;
    const crash = crashOf(host.xen, domid, reason);
    host.endings.push({ domid, reason, crash });
  }
}

function crashOf(xen: Xen, domid: number, reason: number) {
  const d = xen.root.domains.get(domid);
  const v = d?.vcpus[0];
  if (d?.crash || reason !== SHUTDOWN.crash || !v) return d?.crash;
  return describeCrash(xen, v, 'the guest says so itself');
}

export function createGuest(host: Host, request: CreateRequest): void {
  host.alive++;
  host.idle = false;
  hostInput(host.xen, REQUESTS, encodeRequest(request));
}

/** Types bytes on the guest's console. */
export function typeKeys(host: Host, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  host.idle = false;
  hostInput(host.xen, TERMINAL, bytes);
}

/**
 * Runs for a number of instructions. 'ended': no domain is left;
 * 'waiting': nothing to do until somebody types.
 */
export function runHost(
  host: Host, budget: number,
): 'running' | 'waiting' | 'ended' {
  if (host.alive === 0) return 'ended';
  const stop = runXen(host.xen, host.xen.clock.time() + budget);
  host.idle = stop === 'idle';
  if (host.alive === 0) return 'ended';
  return host.idle ? 'waiting' : 'running';
}

export interface BootOptions {
  readonly name?: string;
  readonly image: Uint8Array;
  readonly ramdisk?: Uint8Array;
  readonly cmdline?: string;
  readonly memoryMiB?: number;
  readonly onOutput: (bytes: Uint8Array) => void;
  readonly hooks?: Hooks;
  readonly translated?: boolean;
}

export interface Guest {
  readonly host: Host;
  input(bytes: Uint8Array): void;
  run(budget: number): 'running' | 'waiting' | 'ended';
  /** Why it could not be created, once that is known. */
  failure(): string | undefined;
}

/** Boots one PV guest, in Node or in a worker. */
export function bootGuest(options: BootOptions): Guest {
  const { name = 'guest', image, ramdisk, memoryMiB = 64 } = options;
  const { onOutput, hooks = {}, translated = true } = options;
  const ramMiB = ramFor(memoryMiB);
  const host = startHost({ ramMiB, onOutput, hooks, translated });
  createGuest(host, {
    name, uuid: '00000000-0000-0000-0000-000000000001',
    memoryMiB, maxmemMiB: memoryMiB, vcpus: 1, paused: false,
    cmdline: options.cmdline ?? '', kernel: { name, bytes: image },
    ...(ramdisk
      ? { ramdisk: { name: 'ramdisk', bytes: ramdisk } } : {}),
  });
  return {
    host, input: bytes => typeKeys(host, bytes),
    run: budget => runHost(host, budget),
    failure: () => host.answers
      .map(a => (a.event === 'failed' ? a.reason : undefined))
      .find(reason => reason !== undefined),
  };
}
