import { Timeline } from '../machine/replay.ts';
import { EIP, ESP, SEG, SS } from '../x86/state.ts';
import { Breakpoints } from './breakpoints.ts';
import { floatsView } from './floats.ts';
import { walkView } from './pagewalk.ts';
import {
  codeLines, codePlace, memoryView, windowStart,
} from './peek.ts';
import {
  type Before, controlViews, eflagsView, flagViews, generalViews,
  privilegeView, segmentViews, valuesOf,
} from './registers.ts';
import type { Happening, Rig } from './rig.ts';
import type {
  BenchCommand, BenchView, EventsView, EventView, FloatsView, Links,
  MemoryView, Stop, WhereView,
} from './view.ts';

/** A command that cannot be followed; the message says why. */
export class BadCommand extends Error {}

/** The point at which a lab opens: before an event; or as soon as
 * something is so. */
export type Moment =
  | { readonly event: (event: Happening) => boolean }
  | { readonly state: (rig: Rig) => boolean };

/** What the bench is on its way to. */
interface Goal {
  readonly from: number;
  /** A count to reach. */
  readonly to: number;
  /** Or the first of these events after `from`. */
  readonly event?: (event: Happening) => boolean;
  /** Or the first moment at which this is so. */
  readonly state?: (rig: Rig) => boolean;
  /** Whether breakpoints count. */
  readonly breaks: boolean;
}

const WHY: Record<Stop, string> = {
  opened: 'nothing was asked of it yet',
  asked: 'it has done what it was asked to do',
  breakpoint: 'a breakpoint is here',
  event: 'the next instruction is not going to end as usual',
  halted: 'it waits, and only input can make it go on',
  shutdown: 'the processor has shut down',
  ended: 'the guest has ended',
};

/** How many instructions a look after each one costs, and a watch
 * for breakpoints: slices are to take equally long. */
const LOOK = 100, WATCH = 10;
const FIRST_PACE = 500;

const CODE_LINES = 20;
const MEMORY_BYTES = 256;
const EVENTS_SHOWN = 100;

/** A machine on the bench: looked at, run, and taken back. */
export class Bench {
  private readonly line: Timeline<unknown, unknown>;
  private readonly breakpoints: Breakpoints;
  private goal: Goal | undefined;
  private stop: Stop = 'opened';
  private end: number;
  /** What was there when the last command came. */
  private before: Before = new Map();
  private memoryBefore: MemoryView | undefined;
  private floatsBefore: FloatsView | undefined;
  /** What the reader chose to look at. */
  private memoryAt: number | undefined;
  private walkAt: number | undefined;
  private codeAt: number | undefined;
  private codeWindow: number | undefined;
  /** Where the lab opens, once it was reached. */
  private momentAt: number | undefined;

  constructor(
    readonly rig: Rig, private readonly moment?: Moment,
    private readonly links: Links = {},
  ) {
    this.line = new Timeline(rig.machine, rig.log, rig.spacing);
    this.breakpoints = new Breakpoints(rig.cpu);
    this.end = this.now();
  }

  now(): number { return this.line.now(); }
  /** Count of the moment, or undefined: not reached yet. */
  opensAt(): number | undefined { return this.momentAt; }

  /** Begins to follow a command. Throws BadCommand, and is as it was
   * before, if it makes no sense. */
  order(command: BenchCommand): void {
    if (command.do === 'look') return this.look(command);
    if (command.do === 'breakpoint') {
      const { address, on } = command;
      return this.breakpoints.set(address, on);
    }
    if (command.do === 'stop') return this.finish('asked');
    if (command.do === 'input') return this.type(command.bytes);
    const goal = this.goalOf(command);
    this.remember();
    this.breakpoints.forget();
    this.pace = FIRST_PACE;
    this.goal = goal;
    if (goal.to < goal.from) this.rewind(goal.to);
  }

  private goalOf(
    command: Exclude<BenchCommand, { do: 'look' | 'breakpoint' | 'stop'
      | 'input' }>,
  ): Goal {
    const from = this.now();
    const go = (to: number, breaks = to > from): Goal =>
      ({ from, to: Math.max(to, this.line.start()), breaks });
    switch (command.do) {
      case 'step': return go(from + positive(command.n));
      case 'back': return go(from - positive(command.n));
      case 'seek': return go(whole(command.at), false);
      case 'run to': return go(Math.max(from, whole(command.at)));
      case 'run': return { from, to: Infinity, breaks: true };
      case 'run to event':
        return { from, to: Infinity, breaks: true, event: () => true };
      case 'back to event': return go(this.lastEvent(from));
      case 'moment': return this.toMoment(from);
    }
  }

  private toMoment(from: number): Goal {
    const { moment, momentAt } = this;
    if (momentAt !== undefined) {
      return { from, to: momentAt, breaks: false };
    }
    if (!moment) return { from, to: from, breaks: false };
    return { from: -1, to: Infinity, breaks: false, ...moment };
  }

  private lastEvent(from: number): number {
    const last = this.rig.events.all().findLast(({ at }) => at < from);
    return last?.at ?? this.line.start();
  }

  private remember(): void {
    this.before = valuesOf(this.rig.cpu);
    this.memoryBefore = this.memory();
    this.floatsBefore = this.floats();
  }

  /** Goes to the last snapshot before `to`; the rest is forward. */
  private rewind(to: number): void {
    const place = this.line.places().findLast((at) => at <= to);
    this.line.seek(place ?? this.line.start());
  }

  private look(
    { memory, walk, code }: Extract<BenchCommand, { do: 'look' }>,
  ): void {
    if (memory !== undefined) this.memoryAt = address(memory);
    if (walk !== undefined) this.walkAt = address(walk);
    if (code !== undefined) {
      this.codeAt = code === null ? undefined : address(code);
    }
  }

  /** Something comes in here; what was known to come is not. */
  private type(bytes: readonly number[]): void {
    if (bytes.some((byte) => whole(byte) > 0xff)) {
      throw new BadCommand('input is bytes');
    }
    this.remember();
    this.line.input(this.rig.typed(bytes));
    this.rig.events.forget();
    this.rig.output.forget();
    this.end = this.now();
    this.stop = 'asked';
    this.woken = true;
  }

  /** Follows the command for up to `slice` instructions. True: it is
   * done, and `view` says how it went. */
  work(slice: number): boolean {
    const { goal } = this;
    if (!goal) return true;
    if (this.arrive(goal)) return true;
    const dead = this.rig.ended() !== undefined && !this.woken;
    if (!dead) this.run(goal, slice);
    this.end = Math.max(this.end, this.now());
    return this.arrive(goal);
  }

  /** The first place at which the goal says to stop. */
  private foundAt(goal: Goal): { at: number; stop: Stop } | undefined {
    const { from, event, state } = goal;
    if (state?.(this.rig)) return { at: this.now(), stop: 'asked' };
    const next = event && this.rig.events.all().find(
      (e) => e.at > from && event(e));
    const hit = goal.breaks ? this.breakpoints.firstHit() : undefined;
    if (hit !== undefined && (!next || hit < next.at)) {
      return { at: hit, stop: 'breakpoint' };
    }
    return next && { at: next.at, stop: 'event' };
  }

  /** Whether the goal was reached, or missed for good. Where a slice
   * went too far, the bench goes back. */
  private arrive(goal: Goal): boolean {
    const found = this.foundAt(goal);
    if (found) {
      this.line.seek(found.at);
      this.finish(found.stop);
      if (goal.from < 0) this.momentAt = this.now();
      return true;
    }
    if (this.now() === goal.to) return this.done('asked');
    const ended = this.woken ? undefined : this.rig.ended();
    return ended !== undefined && this.done(ended);
  }

  private done(stop: Stop): true {
    this.finish(stop);
    return true;
  }

  private finish(stop: Stop): void {
    this.goal = undefined;
    this.stop = stop;
  }

  private woken = false;
  /** Instructions of the next slice, while what stops it may be near:
   * it doubles, so that a run goes too far by half at the most. */
  private pace = FIRST_PACE;

  private run(goal: Goal, slice: number): void {
    this.woken = false;
    if (goal.state) return this.crawl(goal.state, slice / LOOK);
    const armed = goal.breaks && this.breakpoints.arm(goal.from);
    this.pace = Math.min(2 * this.pace, armed ? slice / WATCH : slice);
    const most = goal.to === Infinity ? this.pace : slice;
    const to = Math.min(goal.to, this.now() + Math.ceil(most));
    this.line.seek(to, to < goal.to);
    if (armed) this.breakpoints.disarm();
  }

  /** Step by step, until something is so. */
  private crawl(is: (rig: Rig) => boolean, slice: number): void {
    for (let n = 0; n < slice && !is(this.rig); n++) {
      this.line.forward(1);
      if (this.rig.ended() !== undefined) return;
    }
  }

  private memory(): MemoryView {
    const { cpu } = this.rig;
    const stack = (cpu.get(SEG[SS].base) + cpu.get(ESP)) >>> 0;
    const at = this.memoryAt ?? (stack & ~15) >>> 0;
    return memoryView(cpu, at, MEMORY_BYTES, this.memoryBefore);
  }

  /** Of a lab that is about them. */
  private floats(): FloatsView | undefined {
    const { cpu, floats } = this.rig;
    return floats ? floatsView(cpu, this.floatsBefore) : undefined;
  }

  private why(stop: Stop): string {
    const reason = stop === 'ended' ? this.rig.reason?.() : undefined;
    return reason === undefined ? WHY[stop] : `${WHY[stop]}: ${reason}`;
  }

  private where(): WhereView {
    const { line, goal, stop, rig } = this;
    const waiting = !goal && rig.waits();
    const over = stop === 'ended' || stop === 'shutdown';
    return {
      now: this.now(), start: line.start(),
      end: Math.max(this.end, this.now()), places: line.places(),
      state: goal ? 'running' : over ? 'ended'
        : waiting ? 'waiting' : 'stopped',
      stop, why: this.why(stop), time: rig.cpu.time(),
    };
  }

  private code() {
    const { cpu, listing } = this.rig;
    const from = this.codeAt ?? windowStart(
      cpu, codePlace(cpu), CODE_LINES, this.codeWindow, listing);
    if (this.codeAt === undefined) this.codeWindow = from;
    return codeLines(
      cpu, from, CODE_LINES, this.breakpoints.all(), listing);
  }

  private events(): EventsView {
    const { events } = this.rig;
    const [past, total] = [events.place(), events.all().length];
    const half = EVENTS_SHOWN / 2;
    const from = Math.max(0, Math.min(past - half, total - 2 * half));
    const shown = events.all().slice(from, from + EVENTS_SHOWN)
      .map((event, i) => this.eventView(event, from + i, past));
    return { total, shown };
  }

  private eventView(
    { key, ...event }: Happening, n: number, past: number,
  ): EventView {
    const handler = this.links[key];
    return {
      ...event, n, past: n < past, ...(handler ? { handler } : {}),
    };
  }

  /** All that there is to see. */
  view(): BenchView {
    const { rig, before } = this;
    const { cpu } = rig;
    const now = valuesOf(cpu);
    const screen = rig.screen?.();
    const floats = this.floats();
    return {
      kind: rig.kind, where: this.where(),
      registers: generalViews(now, before),
      eflags: eflagsView(now, before), flags: flagViews(now, before),
      segments: segmentViews(cpu, now, before),
      control: controlViews(now, before),
      privilege: privilegeView(cpu, rig.tenants(), rig.domain()),
      code: this.code(), memory: this.memory(),
      walk: walkView(cpu, this.walkAt ?? codePlace(cpu), rig.frame),
      events: this.events(), counters: rig.counters(),
      breakpoints: [...this.breakpoints.all()],
      console: rig.output.past().join(''),
      ...(screen ? { screen } : {}), ...(floats ? { floats } : {}),
    };
  }
}

const whole = (n: number): number => {
  if (Number.isSafeInteger(n) && n >= 0) return n;
  throw new BadCommand(`${n} is no count`);
};

const positive = (n: number): number => {
  if (whole(n) > 0) return n;
  throw new BadCommand('no steps at all');
};

const address = (n: number): number => {
  if (whole(n) <= 0xffff_ffff) return n;
  throw new BadCommand(`there is no address ${n}`);
};
