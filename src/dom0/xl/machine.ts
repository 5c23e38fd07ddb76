import { Diverged, type Rewindable } from '../../machine/replay.ts';
import { runXen } from '../../xen/boot.ts';
import {
  rewindXen, saveXen, type Snapshot,
} from '../../xen/snapshot.ts';
import type { Answer, CreateRequest } from '../toolstack/letters.ts';
import {
  createGuest, typeKeys, type Ending, type Host,
} from './host.ts';

/** A moment between two instructions: while domain 0 works, time
 * passes and none is retired. */
export interface Moment {
  readonly time: number;
  /** All slept, and nothing was to wake them. */
  readonly idle: boolean;
}

/** What comes into the host, and when. */
export interface HostInput extends Moment {
  /** The number of a request to create a domain. */
  readonly create?: number;
  /** Bytes typed on the terminal. */
  readonly keys?: readonly number[];
}

export interface SavedHost {
  readonly xen: Snapshot;
  readonly idle: boolean;
  readonly alive: number;
  readonly answers: readonly Answer[];
  readonly endings: readonly Ending[];
  readonly log: readonly string[];
}

export const momentOf = ({ xen, idle }: Host): Moment =>
  ({ time: xen.clock.time(), idle });

/** Runs on, without an instruction more, to a recorded moment. */
export function settle(host: Host, { time, idle }: Moment): void {
  runXen(host.xen, time);
  const stop = idle ? runXen(host.xen, time + 1) : 'limit';
  host.idle = stop === 'idle';
  const now = host.xen.clock.time();
  if (now === time && host.idle === idle) return;
  throw new Diverged(`the run is at time ${now}, its recording at ${
    time}`);
}

/** The simulated host as a machine that can be recorded. */
export class HostMachine implements Rewindable<SavedHost, HostInput> {
  /** @param requests what `create` counts in */
  constructor(
    readonly host: Host, readonly requests: readonly CreateRequest[],
  ) {}

  now(): number { return this.host.xen.cpu.retired; }

  runTo(n: number): boolean {
    const stop = runXen(this.host.xen, Infinity, n);
    this.host.idle = stop === 'idle';
    return stop === 'limit';
  }

  input(what: HostInput): void {
    settle(this.host, what);
    const { create, keys } = what;
    const request = this.requests[create ?? -1];
    if (request) createGuest(this.host, request);
    if (keys) typeKeys(this.host, Uint8Array.from(keys));
  }

  save(): SavedHost {
    const { xen, idle, alive, answers, endings, log } = this.host;
    return {
      xen: saveXen(xen), idle, alive, answers: [...answers],
      endings: [...endings], log: [...log],
    };
  }

  restore(saved: SavedHost): void {
    const { host } = this;
    rewindXen(host.xen, saved.xen);
    host.idle = saved.idle;
    host.alive = saved.alive;
    host.answers.splice(0, Infinity, ...saved.answers);
    host.log.splice(0, Infinity, ...saved.log);
    host.endings = [...saved.endings];
  }
}
