/** A machine whose moments can be named by a count, set aside, and
 * reached again. `S`: its state, `I`: what comes in from outside. */
export interface Rewindable<S, I> {
  /** Instructions retired since it was switched on. */
  now(): number;
  save(): S;
  restore(saved: S): void;
  /** Runs until exactly so many are retired. False: it stopped
   * before, and only input or nothing can make it go on. */
  runTo(n: number): boolean;
  /** Something comes in, before the next instruction. */
  input(what: I): void;
}

/** What came in after `at` instructions, before the next. */
export interface Entry<I> {
  readonly at: number;
  readonly what: I;
}

/** Lets nothing into a machine without writing it down. */
export class Recorder<I> {
  /** @param write gets each entry before the machine gets it */
  constructor(
    private readonly machine: Rewindable<unknown, I>,
    private readonly write: (entry: Entry<I>) => void,
  ) {}

  input(what: I): void {
    this.write({ at: this.machine.now(), what });
    this.machine.input(what);
  }
}

/** A run did not go as its log says. */
export class Diverged extends Error {}

/** Runs a machine along a log, up to instruction `until`. */
export function follow<I>(
  machine: Rewindable<unknown, I>, log: readonly Entry<I>[],
  until: number,
): void {
  for (const { at, what } of log) {
    if (at >= until) break;
    reach(machine, at);
    machine.input(what);
  }
  reach(machine, until);
}

function reach(machine: Rewindable<unknown, unknown>, at: number) {
  if (machine.runTo(at) || machine.now() === at) return;
  throw new Diverged(`the run stops at instruction ${
    machine.now()}; its recording goes on at ${at}`);
}

/** A snapshot, and how much of the log came before it. */
interface Mark<S> {
  readonly at: number;
  readonly done: number;
  readonly saved: S;
}

export interface Spacing {
  /** Instructions between snapshots on the way. */
  readonly wide: number;
  /** The least distance between snapshots. */
  readonly fine: number;
  /** How many are kept. */
  readonly most: number;
}

/** A run in which one can go back and forth. */
export class Timeline<S, I> {
  /** In order of time; the first is where it begins. */
  private readonly marks: Mark<S>[] = [];
  /** Entries of the log that the machine was given. */
  private done = 0;
  private readonly log: Entry<I>[];

  /** From where `machine` stands; `log` says what comes in. From
   * here on nobody else may run it. */
  constructor(
    private readonly machine: Rewindable<S, I>,
    log: readonly Entry<I>[], private readonly spacing: Spacing,
  ) {
    this.log = [...log];
    this.mark();
  }

  now(): number { return this.machine.now(); }
  start(): number { return this.marks[0]?.at ?? 0; }
  /** Where its snapshots are. */
  places(): number[] { return this.marks.map(({ at }) => at); }

  private mark(): void {
    const now = this.now();
    const place = this.marks.findIndex(({ at }) => at >= now);
    if (this.marks[place]?.at === now) return;
    const end = place < 0 ? this.marks.length : place;
    this.marks.splice(end, 0, this.here());
  }

  private here(): Mark<S> {
    const saved = this.machine.save();
    return { at: this.now(), done: this.done, saved };
  }

  private rewind({ saved, done }: Mark<S>): void {
    this.machine.restore(saved);
    this.done = done;
  }

  /** Goes to instruction `n`, or to the end if that comes before;
   * where it is then. What comes in at `n` has not come in yet.
   * @param passing whoever asks will go on from there */
  seek(n: number, passing = false): number {
    const from = this.before(n + 1);
    const now = this.now();
    if (now > n || now < from.at) this.rewind(from);
    this.advance(n, passing);
    this.thin();
    return this.now();
  }

  /** The last snapshot before `n`, or the first of all. */
  private before(n: number): Mark<S> {
    const [first] = this.marks;
    if (!first) throw new Error('a timeline has a beginning');
    return this.marks.findLast(({ at }) => at < n) ?? first;
  }

  forward(k: number): number { return this.seek(this.now() + k); }

  back(k: number): number {
    return this.seek(Math.max(this.start(), this.now() - k));
  }

  private advance(n: number, passing = false): void {
    while (this.now() < n) {
      this.deliver();
      const next = this.log[this.done];
      const goal = passing ? Infinity : n;
      const stop = Math.min(n, this.nextStop(goal));
      const to = Math.min(stop, next?.at ?? Infinity);
      if (!this.machine.runTo(to)) {
        if (next) reach(this.machine, next.at);
        return;
      }
      const due = to % this.spacing.wide === 0;
      if (due || (to === stop && to !== n)) this.mark();
    }
  }

  /** Gives the machine what comes in now. */
  private deliver(): void {
    for (;;) {
      const next = this.log[this.done];
      if (!next || next.at > this.now()) return;
      this.done++;
      this.machine.input(next.what);
    }
  }

  /** Where the next snapshot belongs on the way to `n`: at each wide
   * step, and closer and closer before the goal. */
  private nextStop(n: number): number {
    const { wide, fine } = this.spacing;
    const now = this.now();
    const left = n - now;
    const near = left > fine
      ? Math.max(fine, Math.floor(left * 3 / 4)) : left;
    return now + Math.min(wide - now % wide, near);
  }

  /** Keeps no more snapshots than agreed. */
  private thin(): void {
    const { most, fine } = this.spacing;
    while (this.marks.length > most) {
      this.marks.splice(victim(this.places(), this.now(), fine), 1);
    }
  }

  /** Something comes in here; what came in later is forgotten. */
  input(what: I): void {
    const now = this.now();
    const later = (at: number): boolean => at > now;
    const end = this.log.findIndex(({ at }) => later(at));
    if (end >= 0) this.log.splice(end);
    const last = this.marks.findIndex(({ at }) => later(at));
    if (last >= 0) this.marks.splice(last);
    this.log.push({ at: now, what });
  }

  /** Goes back to where `look` saw something else one instruction
   * earlier, and says where; undefined, and stays, if never.
   * @param might false only if nothing changed in between */
  lastChange(
    look: () => unknown,
    might: (before: S, after: S) => boolean = () => true,
  ): number | undefined {
    this.mark();
    const now = this.now();
    const marks = this.marks.filter(({ at }) => at <= now);
    const found = this.lastAmong(marks, look, might);
    this.seek(found ?? now);
    return found;
  }

  private lastAmong(
    marks: readonly Mark<S>[], look: () => unknown,
    might: (before: S, after: S) => boolean,
  ): number | undefined {
    for (let i = marks.length - 1; i > 0; i--) {
      const from = marks[i - 1], to = marks[i];
      if (!from || !to || !might(from.saved, to.saved)) continue;
      const found = to.at - from.at <= this.spacing.fine
        ? this.changeIn(from, to, look)
        : this.lastAmong(this.divide(from, to), look, might);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Snapshots on the way from one to another. */
  private divide(from: Mark<S>, to: Mark<S>): Mark<S>[] {
    const step = Math.ceil((to.at - from.at) / 16);
    const marks = [from];
    this.rewind(from);
    while (this.now() + step < to.at) {
      this.advance(this.now() + step);
      marks.push(this.here());
    }
    return [...marks, to];
  }

  private changeIn(
    from: Mark<S>, to: Mark<S>, look: () => unknown,
  ): number | undefined {
    let found: number | undefined;
    this.rewind(from);
    let last = look();
    while (this.now() < to.at) {
      this.advance(this.now() + 1);
      const seen = look();
      if (seen !== last) found = this.now();
      last = seen;
    }
    return found;
  }
}

/** Which of these snapshots is missed least by somebody at `now`: the
 * one in the smallest gap for its distance. Never the first. */
export function victim(
  places: readonly number[], now: number, fine: number,
): number {
  const worth = places.map((at, i) => {
    const gap = (places[i + 1] ?? Math.max(at, now))
      - (places[i - 1] ?? -Infinity);
    return gap / (Math.abs(at - now) + fine);
  });
  return worth.indexOf(Math.min(...worth));
}
