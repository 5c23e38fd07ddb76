import type { Field, State, Ty } from './fields.ts';

declare const K: unique symbol;

/** A value while an instruction is given its meaning. It may be a
 * number now or the name of one later: never look inside. Posing as
 * a Promise makes the compiler refuse most `if (v)` and `v ? a : b`;
 * it does not refuse `!v`. */
export interface V<T extends Ty> extends Promise<never> {
  readonly [K]: T;
}

/** Types that addresses may have. */
export type Adr = 'i32' | 'i64';

export type Kind = 'r' | 'w' | 'rw' | 'x';

/** On behalf of the program, or of the processor itself. */
export type Priv = 'cpl' | 'sys';

/** How memory is accessed: width, intent, privilege, byte order.
 * 'rw' is a load that a store to the same place will follow. */
export interface Access {
  readonly bits: 8 | 16 | 32 | 64 | 128;
  readonly kind: Kind;
  readonly priv: Priv;
  readonly big: boolean;
}

/** Integers modulo 2^32 or 2^64, as WebAssembly has them. */
export interface Int<T extends Adr> {
  const(value: number): V<T>;
  add(a: V<T>, b: V<T>): V<T>;
  sub(a: V<T>, b: V<T>): V<T>;
  mul(a: V<T>, b: V<T>): V<T>;
  and(a: V<T>, b: V<T>): V<T>;
  or(a: V<T>, b: V<T>): V<T>;
  xor(a: V<T>, b: V<T>): V<T>;
  not(a: V<T>): V<T>;
  /** Shift counts are taken modulo the width. */
  shl(a: V<T>, by: V<T>): V<T>;
  shru(a: V<T>, by: V<T>): V<T>;
  shrs(a: V<T>, by: V<T>): V<T>;
  rotl(a: V<T>, by: V<T>): V<T>;
  rotr(a: V<T>, by: V<T>): V<T>;
  /** Division: only where the result is defined. */
  divs(a: V<T>, b: V<T>): V<T>;
  divu(a: V<T>, b: V<T>): V<T>;
  rems(a: V<T>, b: V<T>): V<T>;
  remu(a: V<T>, b: V<T>): V<T>;
  clz(a: V<T>): V<T>;
  ctz(a: V<T>): V<T>;
  popcnt(a: V<T>): V<T>;
  extend8s(a: V<T>): V<T>;
  extend16s(a: V<T>): V<T>;
  /** Comparisons give 0 or 1. */
  eqz(a: V<T>): V<'i32'>;
  eq(a: V<T>, b: V<T>): V<'i32'>;
  ne(a: V<T>, b: V<T>): V<'i32'>;
  lts(a: V<T>, b: V<T>): V<'i32'>;
  ltu(a: V<T>, b: V<T>): V<'i32'>;
  les(a: V<T>, b: V<T>): V<'i32'>;
  leu(a: V<T>, b: V<T>): V<'i32'>;
  gts(a: V<T>, b: V<T>): V<'i32'>;
  gtu(a: V<T>, b: V<T>): V<'i32'>;
  ges(a: V<T>, b: V<T>): V<'i32'>;
  geu(a: V<T>, b: V<T>): V<'i32'>;
  /** From and to 32 bits; for i32 nothing happens. */
  extendS(a: V<'i32'>): V<T>;
  extendU(a: V<'i32'>): V<T>;
  wrap(a: V<T>): V<'i32'>;
}

/** A fact about the processor that decides what instructions mean;
 * a translation is good only while its modes stay the same. */
export interface Mode {
  readonly name: string;
  of(state: State): number;
}

/** The architecture's plain TypeScript for what is rare and long.
 * What it sets is undone by a trap, up to its last commit. */
export interface Routine<E extends Env = Env> {
  readonly name: string;
  run(env: E, ...args: number[]): number;
}

/** What a routine may do; numbers are unsigned. */
export interface Env {
  get(field: Field<'i32'>): number;
  set(field: Field<'i32'>, value: number): void;
  trap(vector: number, code?: number): never;
  commit(): void;
}

/** What an instruction can do. A: the type of addresses. */
export interface Builder<A extends Adr> {
  readonly i32: Int<'i32'>;
  readonly i64: Int<'i64'>;
  readonly f64: F64;
  readonly v128: V128;
  readonly addr: Int<A>;
  mode(mode: Mode): number;
  /** The same, or 0: for shortcuts to what would come out anyway. */
  hint(mode: Mode): number;
  /** The value if the builder knows it already. */
  known(a: V<'i32'>): number | undefined;
  get<T extends Ty>(field: Field<T>): V<T>;
  set<T extends Ty>(field: Field<T>, value: V<T>): void;
  /** Loads narrower than their type are zero-extended. */
  load<T extends Ty>(ty: T, va: V<A>, access: Access): V<T>;
  store<T extends Ty>(
    ty: T, va: V<A>, value: V<T>, access: Access): void;
  /** The value and 0, or anything and 1 where load would trap. */
  tryLoad<T extends Ty>(
    ty: T, va: V<A>, access: Access): [V<T>, V<'i32'>];
  loadPhys<T extends Ty>(ty: T, pa: V<'i64'>): V<T>;
  storePhys<T extends Ty>(ty: T, pa: V<'i64'>, value: V<T>): void;
  if(c: V<'i32'>, then: () => void, otherwise?: () => void): void;
  choose<T extends Ty>(
    ty: T, c: V<'i32'>, a: () => V<T>, b: () => V<T>): V<T>;
  /** Goes on at `to`, keeping all effects: ends the path. */
  jump(to: V<A>): void;
  /** Undoes the fields that were set, raises: ends the path. */
  trap(vector: number, code?: V<'i32'>): void;
  routine(routine: Routine, ...args: V<'i32'>[]): V<'i32'>;
}

/** Doubles, rounded to nearest even. */
export interface F64 {
  const(value: number): V<'f64'>;
  add(a: V<'f64'>, b: V<'f64'>): V<'f64'>;
  sub(a: V<'f64'>, b: V<'f64'>): V<'f64'>;
  mul(a: V<'f64'>, b: V<'f64'>): V<'f64'>;
  div(a: V<'f64'>, b: V<'f64'>): V<'f64'>;
  sqrt(a: V<'f64'>): V<'f64'>;
  neg(a: V<'f64'>): V<'f64'>;
  abs(a: V<'f64'>): V<'f64'>;
  eq(a: V<'f64'>, b: V<'f64'>): V<'i32'>;
  lt(a: V<'f64'>, b: V<'f64'>): V<'i32'>;
  le(a: V<'f64'>, b: V<'f64'>): V<'i32'>;
  fromI32(a: V<'i32'>): V<'f64'>;
  fromBits(a: V<'i64'>): V<'f64'>;
  bits(a: V<'f64'>): V<'i64'>;
}

/** Vectors of 128 bits; lane 0 is the least significant. */
export interface V128 {
  join(low: V<'i64'>, high: V<'i64'>): V<'v128'>;
  lane64(a: V<'v128'>, lane: 0 | 1): V<'i64'>;
  and(a: V<'v128'>, b: V<'v128'>): V<'v128'>;
  or(a: V<'v128'>, b: V<'v128'>): V<'v128'>;
  xor(a: V<'v128'>, b: V<'v128'>): V<'v128'>;
  add32(a: V<'v128'>, b: V<'v128'>): V<'v128'>;
  add64(a: V<'v128'>, b: V<'v128'>): V<'v128'>;
}
