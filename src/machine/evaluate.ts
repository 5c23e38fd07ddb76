import type {
  Access, Adr, Builder, Env, Int, Mode, Routine, V,
} from './builder.ts';
import type { Field, State, Ty } from './fields.ts';
import type { Phys } from './phys.ts';
import {
  type Plain, plain32, plain64, plainF64, plainV128,
} from './plain.ts';

/** How the architecture gets from a virtual address to memory.
 * 32-bit numbers may come signed; each may throw the trap. */
export interface MemoryPort<A extends Adr = 'i32'> {
  load(va: Plain[A], access: Access): number;
  store(va: Plain[A], value: number, access: Access): void;
  load64(va: Plain[A], access: Access): bigint;
  store64(va: Plain[A], value: bigint, access: Access): void;
  /** Traps if an access to these bytes would. */
  probe(va: Plain[A], bytes: number, access: Access): void;
}

/** What is thrown to leave an instruction. There is one for each
 * evaluator, made beforehand: no stack is captured. */
export class Trap {
  vector = 0;
  code: number | undefined = undefined;
  /** The address of a page fault. */
  address = 0;
}

/** What the evaluator needs to know of its architecture. */
export interface Host<A extends Adr> extends Env {
  readonly state: State;
  readonly phys: Phys;
  readonly memory: MemoryPort<A>;
  /** The program counter. */
  readonly pc: Field<A>;
}

const LIMIT = 1024;

/** The reference: does each thing as it is said. */
export class Evaluator<A extends Adr> implements Builder<A> {
  readonly i32 = plain32 as unknown as Int<'i32'>;
  readonly i64 = plain64 as unknown as Int<'i64'>;
  readonly f64 = plainF64 as unknown as Builder<A>['f64'];
  readonly v128 = plainV128 as unknown as Builder<A>['v128'];
  readonly addr: Int<A>;
  readonly pending = new Trap();
  /** Whether to pretend that no value is known. */
  forgetful = false;
  /** Whether the instruction set the program counter. */
  jumped = false;
  private journalled = 0;
  private readonly ids = new Int32Array(LIMIT);
  private readonly old = new Int32Array(2 * LIMIT);
  private readonly state: State;

  constructor(readonly host: Host<A>) {
    const int = host.pc.ty === 'i32' ? this.i32 : this.i64;
    this.addr = int as unknown as Int<A>;
    this.state = host.state;
  }

  /** An instruction begins. */
  begin(): void {
    this.journalled = 0;
    this.jumped = false;
  }

  /** It is done: without a jump the next one follows. */
  finish(length: number): void {
    if (this.jumped) return;
    const { pc } = this.host;
    this.set(pc, this.addr.add(this.get(pc), this.addr.const(length)));
  }

  /** Forgets old values: what was set so far stays. */
  commit(): void { this.journalled = 0; }

  /** Takes back what was set since the last commit. */
  undo(): void {
    const words = this.state.i32;
    while (this.journalled > 0) {
      const n = --this.journalled;
      const at = (this.ids[n] ?? 0) << 1;
      words[at] = this.old[2 * n] ?? 0;
      words[at + 1] = this.old[2 * n + 1] ?? 0;
    }
  }

  private note(slot: number): void {
    const n = this.journalled++;
    if (n >= LIMIT) throw new Error('an instruction sets too much');
    const words = this.state.i32;
    this.ids[n] = slot;
    this.old[2 * n] = words[slot << 1] ?? 0;
    this.old[2 * n + 1] = words[(slot << 1) + 1] ?? 0;
  }

  mode(mode: Mode): number { return mode.of(this.state); }

  /** The reference takes no shortcuts. */
  hint(_mode: Mode): number { return 0; }

  known(a: V<'i32'>): number | undefined {
    return this.forgetful ? undefined : a as unknown as number;
  }

  get<T extends Ty>(field: Field<T>): V<T> {
    const { state } = this;
    const value = field.ty === 'i32' ? state.i32[field.id << 1]
      : field.ty === 'i64' ? state.i64[field.id]
        : field.ty === 'f64' ? state.f64[field.id]
          : this.getVector(field.id);
    return value as unknown as V<T>;
  }

  set<T extends Ty>(field: Field<T>, value: V<T>): void {
    this.note(field.id);
    const { state } = this;
    const plain: unknown = value;
    if (field.ty === 'i32') state.i32[field.id << 1] = plain as number;
    else if (field.ty === 'i64') state.i64[field.id] = plain as bigint;
    else if (field.ty === 'f64') state.f64[field.id] = plain as number;
    else this.setVector(field.id, plain as bigint);
  }

  private getVector(slot: number): bigint {
    const low = this.state.i64[slot] ?? 0n;
    const high = this.state.i64[slot + 1] ?? 0n;
    return plainV128.join(low, high);
  }

  private setVector(slot: number, value: bigint): void {
    this.note(slot + 1);
    this.state.i64[slot] = plainV128.lane64(value, 0);
    this.state.i64[slot + 1] = plainV128.lane64(value, 1);
  }

  load<T extends Ty>(ty: T, va: V<A>, access: Access): V<T> {
    const { memory } = this.host;
    const at = va as unknown as Plain[A];
    if (ty === 'i32' && !access.big) {
      return (memory.load(at, access) | 0) as unknown as V<T>;
    }
    return this.loadWide(ty, at, access) as V<T>;
  }

  store<T extends Ty>(
    ty: T, va: V<A>, value: V<T>, access: Access,
  ): void {
    const { memory } = this.host;
    const at = va as unknown as Plain[A];
    if (ty === 'i32' && !access.big) {
      memory.store(at, value as unknown as number, access);
    } else this.storeWide(ty, at, value, access);
  }

  tryLoad<T extends Ty>(
    ty: T, va: V<A>, access: Access,
  ): [V<T>, V<'i32'>] {
    try {
      return [this.load(ty, va, access), this.i32.const(0)];
    } catch (error) {
      if (error !== this.pending) throw error;
      const nothing = ty === 'i32' || ty === 'f64' ? 0 : 0n;
      return [nothing as unknown as V<T>, this.i32.const(1)];
    }
  }

  private loadWide(
    ty: Ty, at: Plain[A], access: Access,
  ): unknown {
    const { memory } = this.host;
    const low = access.bits >= 64 ? memory.load64(at, access)
      : BigInt(memory.load(at, access));
    if (access.bits < 128) return toTy(ty, ordered(low, access));
    memory.probe(at, 16, access);
    const high = memory.load64(this.beyond(at), access);
    return ordered(high << 64n | low, access);
  }

  private storeWide(
    ty: Ty, at: Plain[A], value: unknown, access: Access,
  ): void {
    const { memory } = this.host;
    const raw = ordered(fromTy(ty, value), access);
    if (access.bits <= 32) {
      memory.store(at, Number(BigInt.asIntN(32, raw)), access);
      return;
    }
    if (access.bits === 128) memory.probe(at, 16, access);
    memory.store64(at, BigInt.asUintN(64, raw), access);
    if (access.bits === 128) {
      memory.store64(this.beyond(at), raw >> 64n, access);
    }
  }

  /** The address eight bytes on. */
  private beyond(at: Plain[A]): Plain[A] {
    const { addr } = this;
    const sum = addr.add(at as unknown as V<A>, addr.const(8));
    return sum as unknown as Plain[A];
  }

  loadPhys<T extends Ty>(ty: T, pa: V<'i64'>): V<T> {
    const { phys } = this.host;
    const at = Number(pa as unknown as bigint);
    const low = ty === 'i32' ? BigInt(phys.read32(at))
      : phys.read64(at);
    const raw = ty === 'v128' ? phys.read64(at + 8) << 64n | low : low;
    return (ty === 'v128' ? raw : toTy(ty, raw)) as V<T>;
  }

  storePhys<T extends Ty>(ty: T, pa: V<'i64'>, value: V<T>): void {
    const { phys } = this.host;
    const at = Number(pa as unknown as bigint);
    const raw = fromTy(ty, value);
    if (ty === 'i32') phys.write32(at, Number(raw));
    else phys.write64(at, raw);
    if (ty === 'v128') phys.write64(at + 8, raw >> 64n);
  }

  if(c: V<'i32'>, then: () => void, otherwise?: () => void): void {
    if ((c as unknown as number) !== 0) then();
    else if (otherwise) otherwise();
  }

  choose<T extends Ty>(
    _ty: T, c: V<'i32'>, a: () => V<T>, b: () => V<T>,
  ): V<T> {
    return (c as unknown as number) !== 0 ? a() : b();
  }

  jump(to: V<A>): void {
    this.set(this.host.pc, to);
    this.jumped = true;
  }

  trap(vector: number, code?: V<'i32'>): never {
    throw this.raise(vector, code as unknown as number | undefined);
  }

  /** The trap, filled in, for the architecture to throw. */
  raise(vector: number, code?: number, address = 0): Trap {
    this.pending.vector = vector;
    this.pending.code = code;
    this.pending.address = address;
    return this.pending;
  }

  routine(routine: Routine, ...args: V<'i32'>[]): V<'i32'> {
    const numbers = (args as unknown as number[]).map((n) => n >>> 0);
    const result = routine.run(this.host, ...numbers);
    return this.i32.const(result);
  }
}

/** Raw bits as a value of a type. */
function toTy(ty: Ty, raw: bigint): unknown {
  if (ty === 'i32') return Number(BigInt.asIntN(32, raw));
  if (ty === 'i64') return BigInt.asIntN(64, raw);
  return plainF64.fromBits(BigInt.asIntN(64, raw));
}

function fromTy(ty: Ty, value: unknown): bigint {
  if (ty === 'i32') return BigInt((value as number) >>> 0);
  if (ty === 'f64') return plainF64.bits(value as number);
  return BigInt.asUintN(ty === 'i64' ? 64 : 128, value as bigint);
}

/** Turns the bytes round for a big-endian access. */
function ordered(raw: bigint, access: Access): bigint {
  if (!access.big) return raw;
  let turned = 0n;
  for (let at = 0; at < access.bits; at += 8) {
    turned = turned << 8n | raw >> BigInt(at) & 0xffn;
  }
  return turned;
}
