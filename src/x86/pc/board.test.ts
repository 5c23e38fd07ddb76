import { expect, test } from 'vitest';
import { assembleProgram } from '../program.ts';
import { EAX, EBX, EIP, ESI } from '../state.ts';
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

test('somebody is in the socket', () => {
  const { pc } = made(`
    mov DWORD PTR [0x7000], 0x5a5a
    fninit
    fnstsw WORD PTR [0x7000]
    fwait
    mov eax, [0x7000]
    cli
    hlt`);
  expect(pc.run(100)).toBe('halted');
  expect(pc.cpu.get(EAX)).toBe(0);
});

test('an error without CR0.NE comes as interrupt 13', () => {
  const { pc } = made(`
    mov eax, error+0x100000
    mov [0x8568], eax
    mov DWORD PTR [0x856c], 0x8e00
    lidt [idt]
    mov al, 0x11
    out 0x20, al
    out 0xa0, al
    mov al, 0x20
    out 0x21, al
    mov al, 0x28
    out 0xa1, al
    mov al, 4
    out 0x21, al
    mov al, 2
    out 0xa1, al
    mov al, 1
    out 0x21, al
    out 0xa1, al
    sti
    mov esp, 0x7000
    fninit
    push 0x37b
    fldcw WORD PTR [esp]
    fld1
    fldz
    fdivp st(1),st
    mov ebx, 1
    fwait
    mov ebx, 2
    cli
    hlt
    error: mov esi, 77
    out 0xf0, al
    fnclex
    mov al, 0x20
    out 0xa0, al
    out 0x20, al
    iretd
    idt: .word 0x17f
    .long 0x8400`);
  expect(pc.run(1000)).toBe('halted');
  expect([pc.cpu.get(ESI), pc.cpu.get(EBX)]).toEqual([77, 2]);
});
