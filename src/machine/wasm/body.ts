import type { Ty } from '../fields.ts';
import { Bytes, EMPTY, OP, TYPE } from './encode.ts';

/** A function under construction. */
export class Body {
  readonly bytes = new Bytes();
  /** Blocks that are open around the place of writing. */
  depth = 0;
  private readonly types: Ty[] = [];
  private readonly sharing = new Map<Ty, number[]>();

  constructor(private readonly parameters: number) {}

  /** A new local variable. */
  local(ty: Ty): number {
    return this.parameters + this.types.push(ty) - 1;
  }

  /** How many variables there are. */
  get locals(): number { return this.parameters + this.types.length; }

  /** The variable for temporary value `n`, which all share. */
  shared(ty: Ty, n: number): number {
    let all = this.sharing.get(ty);
    if (!all) this.sharing.set(ty, all = []);
    return all[n] ??= this.local(ty);
  }

  op(code: number): void { this.bytes.byte(code); }

  i32(value: number): void {
    this.bytes.byte(0x41);
    this.bytes.s(value);
  }

  /** A vector of zeros. */
  noVector(): void {
    this.i32(0);
    this.op(OP.simd);
    this.op(0x0f);
  }

  getLocal(n: number): void {
    this.bytes.byte(OP.local_get);
    this.bytes.u(n);
  }

  setLocal(n: number): void {
    this.bytes.byte(OP.local_set);
    this.bytes.u(n);
  }

  tee(n: number): void {
    this.bytes.byte(OP.local_tee);
    this.bytes.u(n);
  }

  /** A block, a loop or an `if` without a result begins. */
  open(code: number): void {
    this.bytes.byte(code);
    this.bytes.byte(EMPTY);
    this.depth++;
  }

  close(): void {
    this.bytes.byte(OP.end);
    this.depth--;
  }

  /** The finished function, as the code section wants it. */
  finish(into: Bytes): void {
    const head = new Bytes(64);
    const runs = runsOf(this.types);
    head.u(runs.length);
    for (const { ty, count } of runs) {
      head.u(count);
      head.byte(TYPE[ty]);
    }
    into.u(head.length + this.bytes.length + 1);
    into.append(head);
    into.append(this.bytes);
    into.byte(OP.end);
  }

  /** Out to the end of a block, or back to the head of a loop, which
   * was opened as number `depth`. */
  br(depth: number, code: number = OP.br): void {
    this.bytes.byte(code);
    this.bytes.u(this.depth - depth);
  }

  call(n: number): void {
    this.bytes.byte(OP.call);
    this.bytes.u(n);
  }

  callIndirect(type: number): void {
    this.bytes.byte(OP.call_indirect);
    this.bytes.u(type);
    this.bytes.u(0);
  }

  /** A load or store: opcode and alignment, then the offset. */
  memory(code: readonly number[], offset: number): void {
    for (const byte of code) this.bytes.byte(byte);
    this.bytes.u(offset);
  }

  /** Without signs. */
  load8(offset: number): void { this.memory([0x2d, 0], offset); }
  load16(offset: number): void { this.memory([0x2f, 1], offset); }
  store16(offset: number): void { this.memory([0x3b, 1], offset); }
  load32(offset: number): void { this.memory([0x28, 2], offset); }
  store32(offset: number): void { this.memory([0x36, 2], offset); }
}

function runsOf(types: readonly Ty[]): { ty: Ty; count: number }[] {
  const runs: { ty: Ty; count: number }[] = [];
  for (const ty of types) {
    const last = runs.at(-1);
    if (last?.ty === ty) last.count++;
    else runs.push({ ty, count: 1 });
  }
  return runs;
}
