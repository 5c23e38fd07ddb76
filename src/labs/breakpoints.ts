import type { Cpu } from '../x86/cpu.ts';
import { codePlace } from './peek.ts';

/** Addresses at which a run is to stop. While they are armed, the
 * reference executes each instruction, and each one is looked at. */
export class Breakpoints {
  private readonly places = new Set<number>();
  private hit: number | undefined;
  private release = (): void => {};

  constructor(private readonly cpu: Cpu) {}

  /** @param address linear */
  set(address: number, on: boolean): void {
    if (on) this.places.add(address);
    else this.places.delete(address);
  }

  all(): ReadonlySet<number> { return this.places; }

  /** Count of the first hit since `forget`. */
  firstHit(): number | undefined { return this.hit; }
  forget(): void { this.hit = undefined; }

  /** Begins to look, after instruction `from`. False: for what? */
  arm(from: number): boolean {
    if (this.places.size === 0) return false;
    const { cpu } = this;
    const { step, translator } = cpu;
    cpu.translator = undefined;
    cpu.step = (): void => {
      const later = cpu.retired > from;
      if (later && this.places.has(codePlace(cpu))) {
        this.hit ??= cpu.retired;
      }
      step.call(cpu);
    };
    this.release = (): void => {
      cpu.step = step;
      cpu.translator = translator;
    };
    return true;
  }

  disarm(): void { this.release(); }
}
