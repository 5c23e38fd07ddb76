import { expect, test } from 'vitest';
import { assembleProgram } from '../program.ts';
import { CR0, EAX, EIP } from '../state.ts';
import { Pc } from './board.ts';
import { enterFlat } from './reset.ts';

function made(source: string, origin = 0x8000) {
  let said = '';
  const heard = (byte: number): void => {
    said += String.fromCharCode(byte);
  };
  const pc = new Pc({
    memory: 2 ** 21, serial: heard, ports: new Map([[0xe9, heard]]),
  });
  const { bytes } = assembleProgram(source, { origin, mode: 32 });
  pc.phys.writeBytes(origin, bytes);
  enterFlat(pc.cpu, origin, []);
  return { pc, said: () => said };
}

test('nobody is in the socket', () => {
  const { pc } = made(`
    mov DWORD PTR [0x7000], 0x5a5a
    fninit
    fnstsw WORD PTR [0x7000]
    fwait
    mov eax, [0x7000]
    cli
    hlt`);
  expect(pc.run(100)).toBe('halted');
  expect(pc.cpu.get(EAX)).toBe(0x5a5a);
  const trapped = made('fninit');
  trapped.pc.cpu.state.set(CR0, 0x19);
  trapped.pc.cpu.step();
  expect(trapped.pc.cpu.lastTrap?.vector).toBe(7);
});
