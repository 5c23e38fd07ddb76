import { Phys, type Width } from '../../machine/phys.ts';

/** Bytes that a test may touch. */
export const WINDOW = 256;

/** Thrown where a test leaves its window. */
export const outside = { message: 'outside of the window' };

/** Memory of which only the window may be touched. */
export class WindowMemory extends Phys {
  constructor(readonly base: number) {
    super(Math.ceil((base + WINDOW) / 4096) * 4096);
  }

  private check(pa: number, bits: Width): void {
    const end = pa + bits / 8;
    if (pa < this.base || end > this.base + WINDOW) throw outside;
  }

  override read8(pa: number): number {
    this.check(pa, 8);
    return super.read8(pa);
  }

  override read16(pa: number): number {
    this.check(pa, 16);
    return super.read16(pa);
  }

  override read32(pa: number): number {
    this.check(pa, 32);
    return super.read32(pa);
  }

  override write8(pa: number, value: number): void {
    this.check(pa, 8);
    super.write8(pa, value);
  }

  override write16(pa: number, value: number): void {
    this.check(pa, 16);
    super.write16(pa, value);
  }

  override write32(pa: number, value: number): void {
    this.check(pa, 32);
    super.write32(pa, value);
  }
}
