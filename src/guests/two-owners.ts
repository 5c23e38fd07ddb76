import { Phys } from '../machine/phys.ts';
import { Cpu } from '../x86/cpu.ts';
import { assembleProgram } from '../x86/program.ts';
import { EIP } from '../x86/state.ts';

const source = `
  mov DWORD PTR [0x1000], 0x2003   ; directory a has one table
  mov DWORD PTR [0x3000], 0x4003   ; directory b has another
  mov DWORD PTR [0x2000], 0x20003  ; a's page 0 is at 0x20000
  mov DWORD PTR [0x4000], 0x21003  ; b's page 0 is at 0x21000
  mov DWORD PTR [0x2040], 0x10003  ; both have this code,
  mov DWORD PTR [0x4040], 0x10003
  mov DWORD PTR [0x2010], 0x4003   ; and see b's table
  mov DWORD PTR [0x4010], 0x4003
  mov esp, 0x11000
  mov eax, 0x1000
  mov cr3, eax
  mov eax, 0x80000001
  mov cr0, eax                     ; from here on: paging
  mov BYTE PTR [0], 'a'            ; in a's page 0
  mov eax, 0x3000
  mov cr3, eax
  mov BYTE PTR [0], 'b'            ; in b's
  mov ecx, 3
`;

const looking = `
again:
  mov eax, 0x1000
  call look
  mov eax, 0x3000
  call look
  dec ecx
  jne again
  mov DWORD PTR [0x4000], 0x20003  ; b's page 0 is a's, too
  call say                         ; nobody told the TLB
  invlpg [0]
  call say                         ; now it knows
  hlt
look:
  mov cr3, eax
say:
  mov al, BYTE PTR [0]
  out 0xe9, al
  ret
`;

let said = '';
const cpu = new Cpu(new Phys(0x10_0000));
cpu.ports.register({
  from: 0xe9, to: 0xe9, in: () => 0xff,
  out: (_port, _bits, byte) => { said += String.fromCharCode(byte); },
});
const program = assembleProgram(source + looking,
  { origin: 0x10000, mode: 32 });
cpu.phys.writeBytes(0x10000, program.bytes);
cpu.state.set(EIP, 0x10000);
const why = cpu.run(1000);
const { misses, flushes } = cpu.memory.mmu.tlb.counts;
console.log(`${said} (${why} after ${cpu.retired} instructions,`,
  `${misses} misses, ${flushes} flushes)`);
