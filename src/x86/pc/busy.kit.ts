import { assembleProgram } from '../program.ts';
import { Pc } from './board.ts';
import { enterFlat } from './reset.ts';

const gate = (vector: number, label: string): string => `
  mov eax, ${label}
  mov WORD PTR [${0x2000 + 8 * vector}], ax
  mov WORD PTR [${0x2002 + 8 * vector}], 0x10
  mov WORD PTR [${0x2004 + 8 * vector}], 0x8e00
  shr eax, 16
  mov WORD PTR [${0x2006 + 8 * vector}], ax`;

const out = (port: number, ...bytes: number[]): string => bytes
  .map((byte) => `\n  mov al, ${byte}\n  out ${port}, al`).join('');

const source = `
  mov esp, 0x8000${gate(0x20, 'tick')}${gate(0x21, 'key')}
  lidt [table]${out(0x20, 0x11)}${out(0x21, 0x20, 4, 1, 0xfc)}
  ${out(0x43, 0x34)}${out(0x40, 100, 0)}
  sti
again: imul ebx, ebx, 1103515245
  add ebx, ecx
  mov edi, ebx
  and edi, 0xffffc
  mov [edi + 0x100000], ebx
  test ebx, 0x700
  jnz again
  hlt
  jmp again
tick: inc ecx${out(0x20, 0x20)}
  iret
key: in al, 0x60
  movzx eax, al
  add ebx, eax
  mov dx, 0x3f8
  out dx, al${out(0x20, 0x20)}
  iret
table: .word 0x7ff
  .long 0x2000`;

/** A PC whose program is never done, and what it has said. */
export function busyPc(): { pc: Pc; said: number[] } {
  const said: number[] = [];
  const pc = new Pc({
    memory: 2 ** 22, ports: new Map(),
    serial: (byte) => { said.push(byte); },
  });
  const { bytes } = assembleProgram(source,
    { origin: 0x8000, mode: 32 });
  pc.phys.writeBytes(0x8000, bytes);
  enterFlat(pc.cpu, 0x8000, []);
  return { pc, said };
}
