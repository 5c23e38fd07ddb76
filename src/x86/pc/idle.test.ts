import { expect, test } from 'vitest';
import { assembleProgram } from '../program.ts';
import { EBX } from '../state.ts';
import { Pc } from './board.ts';
import { enterFlat } from './reset.ts';

const out = (port: number, ...bytes: number[]): string =>
  bytes.map((byte) => `mov dx, ${port}
    mov al, ${byte}
    out dx, al`).join('\n');

const gate = (vector: number, label: string): string => `
  mov eax, ${label}
  mov WORD PTR [${0x2000 + 8 * vector}], ax
  mov DWORD PTR [${0x2002 + 8 * vector}], 0x8e000010`;

/** Sleeps with a mask for its controller; who wakes it is in EBX. */
const program = (mask: number): string => `
    mov esp, 0x8000
    ${gate(0x20, 'tick')}
    ${gate(0x24, 'letter')}
    lidt [table]
    ${out(0x20, 0x11)}
    ${out(0x21, 0x20, 4, 1, mask)}
    ${out(0x43, 0x34)}
    ${out(0x40, 0x9c, 0x2e)}
    ${out(0x3f9, 1)}
    ${out(0x3fc, 8)}
    sti
    hlt
    cli
    hlt
  tick: mov ebx, 1
    iret
  letter: mov ebx, 2
    iret
  table: .word 0x7ff
    .long 0x2000`;

function asleep(mask: number): Pc {
  const pc = new Pc({
    memory: 2 ** 21, serial: () => {}, ports: new Map(),
  });
  const { bytes } = assembleProgram(program(mask),
    { origin: 0x8000, mode: 32 });
  pc.phys.writeBytes(0x8000, bytes);
  enterFlat(pc.cpu, 0x8000, []);
  pc.cpu.set(EBX, 0);
  expect(pc.run(1000)).toBe('halted');
  return pc;
}

test('a byte wakes it, and until then no time passes', () => {
  const pc = asleep(0xef);
  const { retired } = pc.cpu;
  const before = pc.cpu.time();
  expect(pc.run(retired + 1000)).toBe('halted');
  expect([pc.cpu.time(), pc.cpu.get(EBX)]).toEqual([before, 0]);
  pc.serial.receive(65);
  expect(pc.run(retired + 1000)).toBe('halted');
  expect(pc.cpu.get(EBX)).toBe(2);
});

test('or the timer, if it can be heard', () => {
  expect(asleep(0xfe).cpu.get(EBX)).toBe(1);
  expect(asleep(0xff).cpu.get(EBX)).toBe(0);
});
