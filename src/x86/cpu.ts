import type { Kind, Priv } from '../machine/builder.ts';
import { Evaluator, type Host, Trap } from '../machine/evaluate.ts';
import { type Field, State } from '../machine/fields.ts';
import type { Phys, Width } from '../machine/phys.ts';
import { Ports } from '../machine/ports.ts';
import { CodeCache, Decoded } from './code.ts';
import { decode } from './decode.ts';
import { Memory } from './memory.ts';
import { access } from './operands.ts';
import { CODE, EIP, flat, HALTED, layout } from './state.ts';
import { CS, SEG } from './state.ts';
import { FAULT } from './vectors.ts';
import { IF, RF, TF } from './flags.ts';
import { DR, EFLAGS, SHADOW } from './state.ts';
import { HELD } from './segment.ts';
import {
  AFTER, deliver, type Event, NO_INTERRUPTS, type PendingInterrupts,
  SINGLE_STEP,
} from './trap.ts';
import { breakpoints, hitsOf } from './debug.ts';
import { SYS_READ, SYS_WRITE } from './tlb.ts';

/** Why `run` came back. */
export type Stop = 'limit' | 'halted' | 'shutdown' | 'stopped';

/** An IA-32 processor. */
export class Cpu implements Host<'i32'> {
  readonly state: State;
  readonly pc = EIP;
  readonly memory: Memory;
  readonly code: CodeCache;
  readonly evaluator: Evaluator<'i32'>;
  /** Instructions and iterations of REP that were completed. */
  retired = 0;
  /** Time that was charged beside them. */
  charged = 0;
  /** Not 0 if something is to be done before the next one. */
  events = 0;
  /** The last exception, for whoever wants to know. */
  lastTrap: Trap | undefined;
  private stopping: Stop | undefined;

  constructor(readonly phys: Phys, readonly ports = new Ports()) {
    this.state = new State(layout, phys.memory);
    this.memory = new Memory(this, phys);
    this.code = new CodeCache(phys);
    this.evaluator = new Evaluator(this);
    flat(this.state);
  }

  /** Executes one instruction or one iteration of REP. */
  step(): void {
    if (this.events !== 0 && this.service()) return;
    const { evaluator } = this;
    const traced = this.state.get(EFLAGS) & (TF | RF);
    evaluator.begin();
    try {
      const { meaning, insn, length } = this.fetch();
      meaning(evaluator, insn);
      evaluator.finish(length);
      this.retired++;
    } catch (thrown) {
      if (thrown !== evaluator.pending) throw thrown;
      evaluator.undo();
      this.after = 0;
      return this.deliver(evaluator.pending);
    }
    if (traced !== 0 || this.after !== 0) {
      this.finishStep(traced);
    }
  }

  /** The physical address of the byte at `eip`; may trap. */
  codeAddress(eip: number): number {
    const { base, limit } = SEG[CS];
    if (eip > this.get(limit)) this.trap(FAULT.GP, 0);
    const va = (this.get(base) + eip) >>> 0;
    return this.memory.translate(va, access(8, 'x'));
  }

  private fetch(): Decoded {
    const eip = this.state.get(EIP);
    const mode = CODE.of(this.state);
    const pa = this.codeAddress(eip);
    const found = this.code.get(pa, mode);
    const room = this.state.get(SEG[CS].limit) - eip;
    if (found && found.length - 1 <= room) return found;
    return this.decodeAt(eip, pa, mode);
  }

  private decodeAt(eip: number, pa: number, mode: number): Decoded {
    const byte = (n: number): number =>
      this.phys.read8(this.codeAddress((eip + n) >>> 0));
    const decoded = new Decoded(decode(byte, mode === 32 ? 32 : 16));
    this.code.put(pa, mode, decoded);
    return decoded;
  }

  /** Turns what an instruction raised into an event. */
  deliver(trap: Trap): void {
    this.lastTrap = Object.assign(new Trap(), trap);
    const { vector, code } = trap;
    const next = this.get(EIP);
    this.happen({ vector, code, cause: 'fault', next });
  }

  /** Delivers an event; if that fails for good, shuts down. */
  happen(event: Event): void {
    this.watcher?.(event);
    if (this.usual?.(event)) return;
    if (!deliver(this, event)) this.stop('shutdown');
    if ((this.after & AFTER.TASK) !== 0) this.finishStep(0);
  }

  /** Does what `events` asks for; true if that took the place
   * of an instruction. */
  private service(): boolean {
    const held = this.get(SHADOW);
    this.state.set(SHADOW, 0);
    if (held === 0 && this.requested()) {
      const vector = this.interrupts.acknowledge();
      const next = this.get(EIP);
      const code = undefined;
      this.happen({ vector, code, cause: 'external', next });
      return true;
    }
    const more = held !== 0 || this.interrupts.pending();
    this.events = more ? 1 : 0;
    const armed = breakpoints(this).some((p) => p.kind === 0);
    if (armed) this.events = 1;
    const hits = armed && held !== HELD.STACK ? this.codeHits() : 0;
    if (hits !== 0) {
      this.debug(hits, 'trap');
      return true;
    }
    return false;
  }

  /** Runs until `until` instructions have retired in all. */
  run(until = Infinity): Stop {
    this.stopping = undefined;
    while (this.retired < until) {
      if (this.state.get(HALTED) !== 0) {
        if (!this.requested()) return 'halted';
        this.state.set(HALTED, 0);
        this.events |= 1;
      }
      if (this.translator && this.isQuiet()) {
        this.translator.run(Math.ceil(until - this.retired));
      } else this.step();
      if (this.stopping) return this.stopping;
    }
    return 'limit';
  }

  /** What runs instructions faster than step by step. */
  translator: { run(budget: number): void } | undefined;

  /** Whether nothing is to be done between instructions. */
  private isQuiet(): boolean {
    return this.events === 0 && (this.state.get(EFLAGS) & TF) === 0;
  }

  /** Leaves `run` after this instruction. */
  stop(why: Stop = 'stopped'): void { this.stopping = why; }

  /** Virtual time, in instructions. */
  time(): number { return this.retired + this.charged; }

  charge(time: number): void { this.charged += time; }

  get(field: Field<'i32'>): number { return this.state.get(field); }

  set(field: Field<'i32'>, value: number): void {
    this.evaluator.set(field, this.evaluator.i32.const(value));
  }

  load(va: number, bits: Width, priv: Priv): number {
    return this.memory.load(va, access(bits, 'r', priv));
  }

  store(va: number, value: number, bits: Width, priv: Priv): void {
    this.memory.store(va, value, access(bits, 'w', priv));
  }

  /** Traps if an access to these bytes would. */
  probe(va: number, bytes: number, kind: Kind, priv: Priv): void {
    this.memory.probe(va, bytes, access(8, kind, priv));
  }

  commit(): void { this.evaluator.commit(); }

  trap(vector: number, code?: number): never {
    throw this.evaluator.raise(vector, code);
  }

  /** Everything that tells this processor from a new one. */
  save(): SavedCpu {
    const { retired, charged, events } = this;
    return { state: this.state.save(), retired, charged, events };
  }

  /** The other way. Memory is restored before, by its own. */
  restore(saved: SavedCpu): void {
    this.state.restore(saved.state);
    this.retired = saved.retired;
    this.charged = saved.charged;
    this.events = saved.events;
    this.memory.mmu.tlb.flush();
  }

  /** The interrupt controller's wires. Whoever raises a request sets
   * `events` too, so that the processor looks. */
  interrupts: PendingInterrupts = NO_INTERRUPTS;

  /** Whether a request is there and may be served now. */
  private requested(): boolean {
    return (this.get(EFLAGS) & IF) !== 0 && this.interrupts.pending();
  }

  /** What an instruction left to be done when it is complete. */
  after = 0;

  /** Ends an instruction that began with TF or RF set, or that left
   * something to be done. */
  private finishStep(traced: number): void {
    const { after } = this;
    this.after = 0;
    if ((traced & RF) !== 0 && (after & AFTER.KEEPS_RF) === 0) {
      this.state.set(EFLAGS, this.get(EFLAGS) & ~RF);
    }
    if ((after & AFTER.HOSTCALL) !== 0) this.hostcall(this.hostcallNumber);
    let hits = 0;
    if ((after & AFTER.TASK) !== 0) hits |= 0x8000;
    hits |= after >>> 16;
    const step = (traced & TF) !== 0 && (after & AFTER.UNTRACED) === 0;
    if (step) hits |= SINGLE_STEP;
    if (hits === 0 || this.get(SHADOW) === HELD.STACK) return;
    this.debug(hits, 'trap');
  }

  /** #DB, with its reasons in DR6. SDM vol. 3B §17.2.3. */
  private debug(reasons: number, cause: 'fault' | 'trap'): void {
    const old = this.get(DR[6]);
    this.state.set(DR[6], old | reasons);
    const next = this.get(EIP);
    this.happen({ vector: FAULT.DB, code: undefined, cause, next });
  }

  /** What `hostcall` calls, from code in these frames. */
  hostcall: (n: number) => void = () => {};
  readonly hostcallFrames = new Set<number>();
  hostcallNumber = 0;

  /** Hits of breakpoints on the instruction to come. */
  private codeHits(): number {
    if ((this.get(EFLAGS) & RF) !== 0) return 0;
    const at = (this.get(SEG[CS].base) + this.get(EIP)) >>> 0;
    return hitsOf(this, at, 1, [0]);
  }

  /** The physical address behind a linear one, or -1 - the error
   * code of the page fault. Sets A and D as the access would. */
  translate(
    la: number, intent: 'r' | 'w' | 'x', priv: 'user' | 'sys',
  ): number {
    const right = intent === 'w' ? SYS_WRITE : SYS_READ;
    const as = priv === 'user' ? right << 2 : right;
    return this.memory.mmu.translate(la >>> 0, as);
  }


  /** Is told of each event before it is delivered. */
  watcher: ((event: Event) => void) | undefined;

  /** Delivers an event faster than `deliver`, or refuses. */
  usual: ((event: Event) => boolean) | undefined;

  /** The pin FERR#: a numeric error, where CR0.NE is 0. */
  numericError: () => void = () => {};
}

export interface SavedCpu {
  readonly state: Int32Array;
  readonly retired: number;
  readonly charged: number;
  readonly events: number;
}
