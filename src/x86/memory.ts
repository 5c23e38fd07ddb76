import type { Access } from '../machine/builder.ts';
import type { MemoryPort } from '../machine/evaluate.ts';
import type { Phys } from '../machine/phys.ts';
import type { Cpu } from './cpu.ts';
import { access as accessOf } from './operands.ts';
import { Mmu } from './paging.ts';
import { CPL, CR2, PAT } from './state.ts';
import { SYS_READ, SYS_WRITE } from './tlb.ts';

/** Linear addresses to memory. Numbers come in signed or unsigned. */
export class Memory implements MemoryPort {
  readonly mmu: Mmu;

  constructor(readonly cpu: Cpu, readonly phys: Phys) {
    this.mmu = new Mmu({ phys, state: cpu.state }, phys.memory);
    cpu.state.i64[PAT.id] = 0x0007_0406_0007_0406n;
  }

  /** The physical address behind a linear one; may trap. */
  translate(va: number, access: Access): number {
    const { kind, priv } = access;
    const write = kind === 'w' || kind === 'rw';
    const user = priv === 'cpl' && this.cpu.state.get(CPL) === 3;
    const right = (write ? SYS_WRITE : SYS_READ) << (user ? 2 : 0);
    const pa = this.mmu.translate(va >>> 0, right, kind === 'x');
    if (pa < 0) this.pageFault(va >>> 0, -1 - pa);
    return pa;
  }

  load(va: number, access: Access): number {
    const { bits } = access;
    if ((va & 0xfff) > 0x1000 - (bits >>> 3)) {
      return this.loadAcross(va, access);
    }
    const pa = this.translate(va, access);
    if (bits === 32) return this.phys.read32(pa);
    return bits === 8 ? this.phys.read8(pa) : this.phys.read16(pa);
  }

  store(va: number, value: number, access: Access): void {
    const { bits } = access;
    if ((va & 0xfff) > 0x1000 - (bits >>> 3)) {
      return this.storeAcross(va, value, access);
    }
    const pa = this.translate(va, access);
    if (bits === 32) this.phys.write32(pa, value);
    else if (bits === 8) this.phys.write8(pa, value);
    else this.phys.write16(pa, value);
  }

  private loadAcross(va: number, access: Access): number {
    const first = this.translate(va, access);
    const second = this.translate(((va | 0xfff) + 1) | 0, access);
    const split = 0x1000 - (va & 0xfff);
    let value = 0;
    for (let n = 0; n < access.bits >>> 3; n++) {
      const pa = n < split ? first + n : second + n - split;
      value |= this.phys.read8(pa) << (8 * n);
    }
    return value >>> 0;
  }

  private storeAcross(
    va: number, value: number, access: Access,
  ): void {
    const first = this.translate(va, access);
    const second = this.translate(((va | 0xfff) + 1) | 0, access);
    const split = 0x1000 - (va & 0xfff);
    for (let n = 0; n < access.bits >>> 3; n++) {
      const pa = n < split ? first + n : second + n - split;
      this.phys.write8(pa, value >>> (8 * n));
    }
  }

  /** Traps if an access to these bytes would. */
  probe(va: number, bytes: number, access: Access): void {
    this.translate(va, access);
    if ((va & 0xfff) + bytes > 0x1000) {
      this.translate(((va | 0xfff) + 1) | 0, access);
    }
  }

  load64(va: number, access: Access): bigint {
    this.probe(va, 8, access);
    const word = accessOf(32, access.kind, access.priv);
    const low = this.load(va, word);
    const high = this.load((va + 4) | 0, word);
    return BigInt(high) << 32n | BigInt(low);
  }

  store64(va: number, value: bigint, access: Access): void {
    this.probe(va, 8, access);
    const low = Number(value & 0xffff_ffffn);
    const high = Number(value >> 32n & 0xffff_ffffn);
    const word = accessOf(32, access.kind, access.priv);
    this.store(va, low, word);
    this.store((va + 4) | 0, high, word);
  }

  private pageFault(la: number, code: number): never {
    this.cpu.state.set(CR2, la);
    throw this.cpu.evaluator.raise(14, code, la);
  }

  /** After a reset: nothing is remembered. */
  reset(): void {
    this.mmu.tlb.flush();
    this.cpu.state.i64[PAT.id] = 0x0007_0406_0007_0406n;
  }
}
