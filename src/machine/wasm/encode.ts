import type { Ty } from '../fields.ts';

/** Bytes of types (WebAssembly core specification §5.3.1). */
export const TYPE: Record<Ty, number> = {
  i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b,
};
/** A block that leaves nothing on the stack. */
export const EMPTY = 0x40;

/** Opcodes without a type (§5.4). */
export const OP = {
  unreachable: 0x00, block: 0x02, loop: 0x03, if: 0x04, else: 0x05,
  end: 0x0b, br: 0x0c, br_if: 0x0d, return: 0x0f, call: 0x10,
  call_indirect: 0x11, select: 0x1b, local_get: 0x20,
  local_set: 0x21, local_tee: 0x22, global_get: 0x23,
  global_set: 0x24, simd: 0xfd,
} as const;

/** Bytes of a module under construction. */
export class Bytes {
  private bytes: Uint8Array;
  length = 0;

  /** @param size how many there will be, as a guess */
  constructor(size = 1 << 12) { this.bytes = new Uint8Array(size); }

  byte(byte: number): void {
    if (this.length === this.bytes.length) this.room(1);
    this.bytes[this.length++] = byte;
  }

  private room(more: number): void {
    const size = Math.max(2 * this.bytes.length, this.length + more);
    const larger = new Uint8Array(size);
    larger.set(this.bytes);
    this.bytes = larger;
  }

  /** An unsigned number below 2^32, as LEB128. */
  u(value: number): void {
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.byte(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** A signed number of 32 bits, as LEB128. */
  s(value: number): void {
    let rest = value | 0;
    while (rest < -0x40 || rest > 0x3f) {
      this.byte(rest & 0x7f | 0x80);
      rest >>= 7;
    }
    this.byte(rest & 0x7f);
  }

  /** A signed number of 64 bits, as LEB128. */
  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    while (rest < -0x40n || rest > 0x3fn) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest & 0x7fn));
  }

  f64(value: number): void {
    const raw = new Uint8Array(new Float64Array([value]).buffer);
    raw.forEach((byte) => this.byte(byte));
  }

  name(text: string): void {
    this.u(text.length);
    for (const c of text) this.byte(c.charCodeAt(0));
  }

  /** Few bytes: a loop is faster than to ask for a copy. */
  copy(bytes: Uint8Array): void {
    const { length } = bytes;
    if (this.length + length > this.bytes.length) this.room(length);
    const { bytes: into, length: at } = this;
    for (let n = 0; n < length; n++) into[at + n] = bytes[n] ?? 0;
    this.length += length;
  }

  append(other: Bytes): void {
    const { length } = other;
    if (this.length + length > this.bytes.length) this.room(length);
    this.bytes.set(other.view(), this.length);
    this.length += length;
  }

  /** The bytes so far; good until the next one. */
  view(): Uint8Array { return this.bytes.subarray(0, this.length); }

  clear(): void { this.length = 0; }
}
