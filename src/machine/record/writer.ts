import type { Access } from '../builder.ts';
import type { Ty } from '../fields.ts';
import { Body } from '../wasm/body.ts';
import { OP } from '../wasm/encode.ts';
import { SIMD } from '../wasm/opcodes.ts';
import type { Node, Setting, Step } from './node.ts';
import type { Template } from './template.ts';
import { ENTRY } from '../tiers/layout.ts';

const LOADS: Record<Ty, Record<number, readonly number[]>> = {
  i32: { 8: [0x2d, 0], 16: [0x2f, 0], 32: [0x28, 0] },
  i64: { 8: [0x31, 0], 16: [0x33, 0], 32: [0x35, 0], 64: [0x29, 0] },
  f64: { 64: [0x2b, 0] },
  v128: { 128: [OP.simd, 0x00, 0] },
};
const STORES: Record<Ty, Record<number, readonly number[]>> = {
  i32: { 8: [0x3a, 0], 16: [0x3b, 0], 32: [0x36, 0] },
  i64: { 8: [0x3c, 0], 16: [0x3d, 0], 32: [0x3e, 0], 64: [0x37, 0] },
  f64: { 64: [0x39, 0] },
  v128: { 128: [OP.simd, 0x0b, 0] },
};

const WIDTH: Record<Ty, number> = {
  i32: 32, i64: 64, f64: 64, v128: 128,
};

/** Writes templates as WebAssembly. Where the state is and what ends
 * a path, whoever derives from it knows. */
export abstract class Writer extends Body {
  private readonly address: number;
  private readonly entry: number;
  private readonly host: number;
  /** The address that was made ready for a store. */
  private ready: Node | undefined;

  constructor(parameters: number) {
    super(parameters);
    this.address = this.local('i32');
    this.entry = this.local('i32');
    this.host = this.local('i32');
  }

  /** The value of a field, on the stack. */
  protected abstract get(node: Node): void;
  protected abstract hole(node: Node): void;
  /** The value of a node, if it is known now. */
  protected abstract fixed(node: Node): number | undefined;
  /** The answer to a question about lazy fields, if there is one. */
  protected abstract answer(node: Node): Node | undefined;
  protected abstract leaf(n: number): void;
  /** Sets fields and goes on at `to`. */
  protected abstract jump(to: Node, sets: readonly Setting[]): void;
  protected abstract end(sets: readonly Setting[]): void;
  protected abstract bail(): void;
  /** What to do after a look into the TLB, whose entry is in local
   * `entry`, found nothing for the address in local `address`. */
  protected abstract miss(
    access: Access, address: number, entry: number): void;
  /** What a miss is told: 1 for a write, and 2 if it is for the
   * processor itself. */
  protected how({ kind, priv }: Access): number {
    return (kind === 'r' ? 0 : 1) | (priv === 'sys' ? 2 : 0);
  }

  /** Where the entries for an access begin, as far as known now. */
  protected abstract tlb(access: Access): number;
  /** Adds to the number on the stack what is known later. */
  protected addView(_access: Access): void {}

  template({ steps }: Template): void {
    this.ready = undefined;
    this.steps(steps);
  }

  private steps(steps: readonly Step[]): void {
    for (const step of steps) this.step(step);
  }

  private step(step: Step): void {
    switch (step.kind) {
      case 'let': return this.keep(step.node);
      case 'load': return this.load(step.node, step.va, step.access);
      case 'store': return this.store(step.va, step.value, step.access);
      case 'if': return this.branch(step.c, step.then, step.otherwise);
      case 'put':
        this.value(step.value);
        return this.setLocal(this.tempOf(step.node));
      case 'jump': return this.jump(step.to, step.sets);
      case 'bail': return this.bail();
      case 'end': return this.end(step.sets);
    }
  }

  private tempOf({ ty, temp }: Node): number {
    return this.shared(ty, temp);
  }

  /** Computes a value that is used more than once. */
  private keep(node: Node): void {
    if (node.uses < 2 || this.answer(node)) return;
    if (this.fixed(node) !== undefined) return;
    this.operate(node);
    this.setLocal(this.tempOf(node));
  }

  value(node: Node): void {
    const answer = this.answer(node);
    if (answer) return this.value(answer);
    const known = this.fixed(node);
    if (known !== undefined) return this.known(node, known);
    switch (node.kind) {
      case 'const': return this.constant(node);
      case 'hole': return this.hole(node);
      case 'get': return this.get(node);
      case 'leaf': return this.leaf(node.temp);
      case 'temp': return this.getLocal(this.tempOf(node));
      case 'op':
        if (node.uses > 1 && node.temp >= 0) {
          return this.getLocal(this.tempOf(node));
        }
        return this.operate(node);
    }
  }

  private operate(node: Node): void {
    const { code, name, args } = node;
    if (code >= 0) {
      for (const arg of args) this.value(arg);
      return this.op(code);
    }
    const [first, second] = args;
    if (first) this.value(first);
    if (name === 'v128.join') this.simd(0x12);
    if (second) this.value(second);
    if (name === 'v128.join') this.simd(0x1e, 1);
    else if (name.startsWith('v128.lane64')) {
      this.simd(0x1d, Number(name.at(-1)));
    } else if (name === 'i64.not') {
      this.op(0x42);
      this.bytes.s64(-1n);
      this.op(0x85);
    } else this.simd(SIMD[name] ?? 0);
  }

  private constant({ ty, value }: Node): void {
    if (ty === 'i32') return this.i32(Number(value));
    this.op(ty === 'i64' ? 0x42 : 0x44);
    if (ty === 'i64') this.bytes.s64(BigInt(value));
    else this.bytes.f64(Number(value));
  }

  private simd(code: number, lane?: number): void {
    this.op(OP.simd);
    this.bytes.u(code);
    if (lane !== undefined) this.op(lane);
  }

  /** A number that is known as long as this is written. */
  protected known(_node: Node, value: number): void {
    this.i32(value);
  }

  private branch(
    c: Node, then: readonly Step[], otherwise: readonly Step[],
  ): void {
    const known = this.fixed(c);
    if (known !== undefined) {
      this.decided();
      return this.steps(known !== 0 ? then : otherwise);
    }
    this.value(c);
    this.open(OP.if);
    this.inside(then);
    if (otherwise.length > 0) {
      this.op(OP.else);
      this.inside(otherwise);
    }
    this.close();
  }

  /** A branch was left out, since its condition is known. */
  protected decided(): void {}

  private inside(steps: readonly Step[]): void {
    const { ready } = this;
    this.steps(steps);
    this.ready = ready;
  }

  /** Leaves the entry of an address in its local; misses if it does
   * not let the access through. One comparison asks for presence,
   * right and crossing: the last byte's page against the first's
   * entry. */
  private probe(va: Node, access: Access): void {
    const write = access.kind !== 'r';
    const tlb = this.tlb(access);
    this.value(va);
    this.tee(this.address);
    this.i32(12 - ENTRY.SHIFT);
    this.op(0x76);
    this.i32((ENTRY.COUNT - 1) << ENTRY.SHIFT);
    this.op(0x71);
    this.addView(access);
    this.tee(this.entry);
    this.memory([0x29, 3], tlb + (write ? ENTRY.WRITE : ENTRY.READ));
    this.getLocal(this.address);
    if (access.bits > 8) {
      this.i32((access.bits >>> 3) - 1);
      this.op(0x6a);
    }
    this.i32(-0x1000);
    this.op(0x71);
    this.op(0xad);
    this.op(0x52);
    this.open(OP.if);
    this.miss(access, this.address, this.entry);
    this.close();
  }

  /** The host's address for a probed one. */
  private hostAddress(access: Access): void {
    this.getLocal(this.address);
    this.getLocal(this.entry);
    this.memory([0x28, 2], this.tlb(access) + ENTRY.ADDEND);
    this.op(0x6a);
  }

  protected loadField(ty: Ty, id: number): void {
    this.i32(0);
    this.memory(LOADS[ty][WIDTH[ty]] ?? [], 8 * id);
  }

  /** Takes address and value from the stack. */
  protected storeField(ty: Ty): void {
    this.memory(STORES[ty][WIDTH[ty]] ?? [], 0);
  }

  private load(node: Node, va: Node, access: Access): void {
    this.probe(va, access);
    this.hostAddress(access);
    if (access.kind === 'rw') {
      this.tee(this.host);
      this.ready = va;
    }
    this.memory(LOADS[node.ty][access.bits] ?? [], 0);
    this.setLocal(this.tempOf(node));
  }

  private store(va: Node, value: Node, access: Access): void {
    if (va === this.ready) this.getLocal(this.host);
    else {
      this.probe(va, access);
      this.hostAddress(access);
    }
    this.value(value);
    this.memory(STORES[value.ty][access.bits] ?? [], 0);
  }
}
