import { runXen, startXen } from './boot.ts';
import { handmade } from './handmade.ts';

const source = `
  mov eax, 18             ; console_io
  xor ebx, ebx            ; write
  mov ecx, 13
  mov edx, text
  int 0x82
  mov eax, [0xf5800000]   ; the M2P's first word: it may
  mov eax, [0xf6800000]   ; the first word behind the wall
text: .ascii "hello, ring 0"
`;

const xen = startXen({
  ramBytes: 0x100_0000, hooks: { log: (line) => console.log(line) },
});
const v = handmade(xen, source);
runXen(xen);
const { crash } = v.domain;
console.log(crash?.disassembly[0]);
console.log(`retired instructions: ${xen.cpu.retired}`);
