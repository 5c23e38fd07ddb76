import type {
  Entry, Rewindable, Spacing,
} from '../machine/replay.ts';
import type { Cpu } from '../x86/cpu.ts';
import { FAULT } from '../x86/vectors.ts';
import type { Story } from './story.ts';
import type {
  CounterView, EventView, FrameView, Lives, Stop,
} from './view.ts';

/** An event as it is told: without what the moment of looking adds.
 * `key` names its handler among the links. */
export type Happening =
  & Omit<EventView, 'n' | 'past' | 'handler'>
  & { readonly key: string };

/** Who lives in a ring. */
export interface Tenant {
  readonly lives: Lives;
  readonly who: string;
}

/** Where labels and lines of a program are. */
export interface Listing {
  readonly source: string;
  readonly symbols: ReadonlyMap<string, number>;
  readonly lines: ReadonlyMap<number, number>;
}

/** A machine on the bench: what the bench has to know of it. */
export interface Rig {
  readonly kind: 'pc' | 'host';
  readonly cpu: Cpu;
  readonly machine: Rewindable<unknown, unknown>;
  /** What comes in when it is switched on. */
  readonly log: readonly Entry<unknown>[];
  readonly spacing: Spacing;
  readonly events: Story<Happening>;
  readonly output: Story<string>;
  readonly listing?: Listing;
  /** Its program computes with the x87 unit or SSE. */
  readonly floats?: boolean;
  /** Why it cannot go on, if it was found that it cannot. */
  ended(): Stop | undefined;
  /** What it ended of, if there is more to say. */
  readonly reason?: () => string | undefined;
  /** Whether input may wake it. */
  waits(): boolean;
  /** Bytes from the reader, as the machine's input. */
  typed(bytes: readonly number[]): unknown;
  tenants(): readonly Tenant[];
  domain(): number | undefined;
  frame(mfn: number): FrameView | undefined;
  counters(): readonly CounterView[];
  screen?(): readonly string[];
  hash(): string;
}

const names = new Map<number, string>(
  Object.entries(FAULT).map(([name, vector]) => [vector, `#${name}`]));

/** What manuals call an exception. */
export const faultName = (vector: number): string =>
  names.get(vector) ?? `vector ${hex(vector)}`;

export const hex = (n: number | bigint): string =>
  `0x${n.toString(16)}`;
