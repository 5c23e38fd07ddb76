// What every engine is asked for and what it answers.

/** Bytes of RAM of every machine. */
export const MEMORY = 64 * 2 ** 20;
/** Where a guest writes letters. */
export const TEXT_PORT = 0xe9;
/** Where a guest writes one byte before its first repetition, after each, and
 * when it is done. QEMU's pvpanic device, which stops QEMU there, has the same
 * port. */
export const MARK_PORT = 0x505;

/** The clocks at a mark. Times are in nanoseconds. */
export interface Sample {
  /** CPU time of the thread that runs the guest. */
  readonly thread: number;
  /** CPU time of its whole process. */
  readonly process: number;
  readonly wall: number;
  /** Instructions so far, by the engine's own count. */
  readonly retired?: number;
}

/** What a guest does that an engine hears of. */
export interface Listener {
  letter(byte: number): void;
  mark(retired: number): void;
}

/** A machine with a guest in it. */
export interface Running {
  /** Lets it run on a little; false when it has halted for good. */
  turn(): boolean;
}

/** One repetition. Times are in milliseconds. */
export interface Repetition {
  readonly thread: number;
  readonly process: number;
  readonly wall: number;
  readonly retired?: number;
}

/** A whole run. */
export interface Measured {
  readonly checksum: string;
  /** Iterations of REP beyond one for each instruction. */
  readonly rep: number;
  readonly repetitions: readonly Repetition[];
}

export class RunFailed extends Error {}

/** What a guest wrote, as a run. Throws RunFailed if it said that it failed
 * or did not come to its end. */
export function understand(text: string, samples: readonly Sample[]): Measured {
  const complaint = /^fail (.*)$/m.exec(text)?.[1];
  if (complaint !== undefined) throw new RunFailed(`the guest failed: ${text.trim()}`);
  const checksum = /^checksum ([0-9a-f]{8})$/m.exec(text)?.[1];
  const rep = /^rep ([0-9a-f]{8})$/m.exec(text)?.[1];
  if (checksum === undefined || rep === undefined || !/^end$/m.test(text)) {
    throw new RunFailed(`the guest did not come to its end; it wrote: ${JSON.stringify(text)}`);
  }
  // The last sample is from the mark after the last line.
  const ends = samples.slice(1, -1);
  return {
    checksum, rep: Number.parseInt(rep, 16),
    repetitions: ends.map((end, n) => between(samples[n]!, end)),
  };
}

function between(from: Sample, to: Sample): Repetition {
  const [thread, process, wall] = (['thread', 'process', 'wall'] as const)
    .map((clock) => (to[clock] - from[clock]) / 1e6) as [number, number, number];
  const counted = to.retired !== undefined && from.retired !== undefined;
  // v86 counts modulo 2^32.
  return { thread, process, wall, ...(counted ? { retired: modulo(to.retired - from.retired) } : {}) };
}

const modulo = (difference: number): number => difference < 0 ? difference + 2 ** 32 : difference;
