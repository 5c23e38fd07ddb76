import type { Cpu } from '#book/x86/cpu.ts';
import { EAX, ESP } from '#book/x86/state.ts';

/** What the monitor knows of its guest. */
export interface Guest {
  enabled: boolean;
  sleeping: boolean;
  dead: boolean;
  cr0: number;
}

/** Does what the instruction should have; its length, or 0. */
function perform(cpu: Cpu, guest: Guest, eip: number): number {
  const opcode = cpu.load(eip, 8, 'sys');
  if (opcode === 0xfa || opcode === 0xfb) {
    guest.enabled = opcode === 0xfb;
    return 1;
  }
  if (opcode === 0xf4 && guest.enabled) {
    guest.sleeping = true;
    return 1;
  }
  const rest = cpu.load(eip + 1, 16, 'sys');
  if (opcode !== 0x0f || rest !== 0xc020) return 0;
  cpu.state.set(EAX, guest.cr0);
  return 3;
}

/** Called when the guest met general protection. */
export function emulate(cpu: Cpu, guest: Guest): void {
  const at = cpu.get(ESP) + 4;
  const eip = cpu.load(at, 32, 'sys');
  const length = perform(cpu, guest, eip);
  if (length > 0) {
    cpu.store(at, eip + length, 32, 'sys');
    return;
  }
  guest.dead = true;
  cpu.stop();
}
