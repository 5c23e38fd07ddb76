/** Numbers from a seed (xorshift, Marsaglia 2003). */
export class Values {
  private state: number;

  constructor(seed: number) {
    this.state = Math.imul(seed | 1, 0x9e37_79b1) || 1;
  }

  /** Any 32 bits. */
  word(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state >>> 0;
  }

  below(n: number): number { return this.word() % n; }

  /** True once in `n` times. */
  rarely(n: number): boolean { return this.below(n) === 0; }

  bytes(n: number): Uint8Array {
    return Uint8Array.from({ length: n }, () => this.word() >>> 11);
  }

  /** A value near which things go wrong, or any. */
  value(): number {
    if (!this.rarely(3)) return this.word();
    const edge = 1 << this.below(32);
    return (edge + this.below(3) - 1) >>> 0;
  }
}
