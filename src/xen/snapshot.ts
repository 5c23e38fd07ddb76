import { Phys } from '../machine/phys.ts';
import { Cpu, type SavedCpu } from '../x86/cpu.ts';
import type { SavedTlb } from '../x86/tlb.ts';
import type { XenOptions } from './boot.ts';
import type { Root, Xen } from './common/xen.ts';
import { hypercallTable } from './table.ts';
import { wire } from './x86/start.ts';

export interface Snapshot {
  readonly root: Root;
  readonly ram: Map<number, Uint8Array>;
  readonly cpu: SavedCpu;
  readonly tlb: SavedTlb;
}

/** The whole state, between two steps of `runXen`. */
export function saveXen(xen: Xen): Snapshot {
  return {
    root: structuredClone(xen.root),
    ram: xen.phys.save(),
    cpu: xen.cpu.save(),
    tlb: xen.cpu.memory.mmu.tlb.save(),
  };
}

/** A new hypervisor that goes on where `saved` was made. */
export function restoreXen(saved: Snapshot, options: XenOptions): Xen {
  const phys = new Phys(options.ramBytes);
  phys.restore(saved.ram);
  const cpu = new Cpu(phys);
  cpu.restore(saved.cpu);
  cpu.memory.mmu.tlb.restore(saved.tlb);
  const xen: Xen = {
    root: structuredClone(saved.root), phys, cpu, clock: cpu,
    programs: new Map(), hooks: options.hooks ?? {},
    hypercalls: hypercallTable,
  };
  if (options.program) xen.programs.set(0, options.program);
  wire(xen);
  return xen;
}

/** Two 32-bit hashes of a stream of words. */
class Hash {
  private a = 0x9e37_79b9;
  private b = 0x85eb_ca6b;

  word(w: number): void {
    this.a = Math.imul(this.a ^ w, 0x0100_0193);
    this.b = Math.imul((this.b << 13 | this.b >>> 19) ^ w, 0xcc9e_2d51);
  }

  bytes({ buffer, byteOffset, length }: Uint8Array): void {
    const words = byteOffset % 4 === 0 ? length >>> 2 : 0;
    for (const w of new Uint32Array(buffer, byteOffset, words)) {
      this.word(w);
    }
    const rest = new Uint8Array(buffer, byteOffset, length);
    for (const byte of rest.subarray(words * 4)) this.word(byte);
    this.word(length);
  }

  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.word(text.charCodeAt(i));
    this.word(text.length);
  }

  toString(): string {
    const half = (n: number) => (n >>> 0).toString(16).padStart(8, '0');
    return half(this.a) + half(this.b);
  }
}

type Seen = Map<object, number>;

function hashValue(h: Hash, value: unknown, seen: Seen): void {
  if (typeof value === 'object' && value !== null) {
    return hashObject(h, value, seen);
  }
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new Error('the root holds something that is not data');
  }
  h.text(`${typeof value} ${String(value)}`);
}

function hashObject(h: Hash, value: object, seen: Seen): void {
  const met = seen.get(value);
  if (met !== undefined) return h.word(met);
  seen.set(value, seen.size);
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    return h.bytes(new Uint8Array(buffer, byteOffset, byteLength));
  }
  if (value instanceof Promise) throw new Error('a promise');
  const entries = value instanceof Map ? [...value]
    : value instanceof Set ? [...value].map((v) => [v])
    : Object.entries(value);
  for (const entry of entries) {
    for (const part of entry) hashValue(h, part, seen);
  }
  h.word(entries.length);
}

/** A hash of the whole state. */
export function stateHash(xen: Xen): string {
  const { root, ram, cpu, tlb } = saveXen(xen);
  const h = new Hash();
  for (const part of [root, cpu, tlb, ram]) {
    hashValue(h, part, new Map());
  }
  return h.toString();
}
