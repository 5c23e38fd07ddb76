import { expect, test } from 'vitest';
import { decode } from './decode.ts';
import { disassemble } from './disassemble.ts';
import type { Mode } from './insn.ts';

function text(mode: Mode, hex: string, ip = 0x1000): string {
  const code = hex.split(' ').map(b => parseInt(b, 16));
  return disassemble(decode(i => code[i] ?? 0, mode), ip);
}

test.each([
  ['01 c3', 'add ebx,eax'],
  ['66 26 81 84 8b 00 01 00 00 34 12',
    'add WORD PTR es:[ebx+ecx*4+0x100],0x1234'],
  ['8b 40 00', 'mov eax,DWORD PTR [eax+0x0]'],
  ['8b 45 f8', 'mov eax,DWORD PTR [ebp-0x8]'],
  ['8d b4 26 00 00 00 00', 'lea esi,[esi+eiz*1+0x0]'],
  ['8b 04 25 01 00 00 00', 'mov eax,DWORD PTR [eiz*1+0x1]'],
  ['a1 11 22 33 44', 'mov eax,ds:0x44332211'],
  ['64 8b 0d 00 00 00 00', 'mov ecx,DWORD PTR fs:0x0'],
  ['f3 a5', 'rep movs DWORD PTR es:[edi],DWORD PTR ds:[esi]'],
  ['2e d7', 'xlat BYTE PTR cs:[ebx]'],
  ['ff 18', 'call far FWORD PTR [eax]'],
  ['ea 00 00 00 00 18 e0', 'jmp 0xe018:0x0'],
  ['d9 c1', 'fld st(1)'],
  ['dc e1', 'fsubr st(1),st'],
  ['db 28', 'fld TBYTE PTR [eax]'],
  ['0f 22 d8', 'mov cr3,eax'],
  ['66 0f 6f 00', 'movdqa xmm0,XMMWORD PTR [eax]'],
  ['0f c7 08', 'cmpxchg8b QWORD PTR [eax]'],
  ['0f 01 10', 'lgdt [eax]'],
  ['c8 10 00 01', 'enter 0x10,0x1'],
  ['d1 e0', 'shl eax,1'],
  ['0f 04 07', 'hostcall 0x7'],
  ['0f 0f', '(bad)'],
])('%s is %s', (hex, wanted) => {
  expect(text(32, hex)).toBe(wanted);
});

test.each([
  [32, '66 6a 05', 'pushw 0x5'], [16, '66 6a 05', 'pushd 0x5'],
  [32, '98', 'cwde'], [16, '98', 'cbw'], [32, '66 cf', 'iretw'],
  [16, '66 60', 'pushad'], [32, '67 e3 00', 'jcxz 0x1003'],
  [32, 'f3 c3', 'repz ret'],
  [32, '2e 66 66 90', 'cs data16 xchg ax,ax'],
  [32, '64 65 8b 00', 'fs mov eax,DWORD PTR gs:[eax]'],
  [32, '66 f2 0f 58 c0', 'data16 addsd xmm0,xmm0'],
  [32, 'f3 f2 a4',
    'rep repnz movs BYTE PTR es:[edi],BYTE PTR ds:[esi]'],
  [16, '67 8b 04 24', 'mov ax,WORD PTR [esp]'],
  [32, '67 8b 47 fe', 'mov eax,DWORD PTR [bx-0x2]'],
  [32, 'f0 01 c3', 'lock add ebx,eax'],
] as const)('in %i-bit mode, %s is %s', (mode, hex, wanted) => {
  expect(text(mode, hex)).toBe(wanted);
});

test.each([
  [32, 'eb fe', 0x1000, 'jmp 0x1000'],
  [32, '66 eb 10', 0x1_2340, 'data16 jmp 0x2353'],
  [32, '66 0f 84 00 00', 0x1_2340, 'jew 0x2345'],
  [32, 'e8 00 00 00 80', 0x8000_0000, 'call 0x5'],
  [16, 'eb 20', 0xf_fff0, 'jmp 0xf0012'],
  [16, 'e9 f0 ff', 0, 'jmp 0xfff3'],
] as const)('in %i-bit mode, %s at %i: %s', (mode, hex, ip, wanted) => {
  expect(text(mode, hex, ip)).toBe(wanted);
});
