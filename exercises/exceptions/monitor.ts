import type { Cpu } from '#book/x86/cpu.ts';

/** What the monitor knows of its guest. */
export interface Guest {
  enabled: boolean;
  sleeping: boolean;
  dead: boolean;
  cr0: number;
}

/** Called when the guest met general protection. */
export function emulate(cpu: Cpu, guest: Guest): void {
  guest.dead = true;
  cpu.stop();
}
