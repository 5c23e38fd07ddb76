import { expect, test } from 'vitest';
import { library } from '../toy/guests.ts';
import { alternatives, assemble } from './assemble.ts';
import { assembleProgram } from './program.ts';

const hex = (bytes: Iterable<number>) =>
  Array.from(bytes, b => b.toString(16).padStart(2, '0')).join(' ');

test('the guests of the first chapter', () => {
  const counting = assembleProgram(`
          mov eax, '0'
  next:   out 0xe9, al
          inc eax
          cmp al, '9' + 1
          jnz next
          hlt`);
  expect(counting.bytes).toEqual(library.get('counting'));
  const greeting = assembleProgram(`
          mov esi, text
  next:   lodsb
          cmp al, 0
          jnz say
          hlt
  say:    out 0xe9, al
          jmp next
  text:   .asciz "I have a computer, and it is all mine."`);
  expect(greeting.bytes).toEqual(library.get('greeting'));
});

test.each([
  ['add eax,5', '83 c0 05'], ['add eax,0x1000', '05 00 10 00 00'],
  ['add al,-1', '04 ff'], ['add bx,-1', '66 83 c3 ff'],
  ['add ebx,0xfffffff0', '83 c3 f0'], ['push 0x80', '68 80 00 00 00'],
  ['mov ebx,[ebp]', '8b 5d 00'], ['mov ebx,[esp]', '8b 1c 24'],
  ['mov eax,[esp+ebx*2-4]', '8b 44 5c fc'],
  ['mov ebx,[eax*4]', '8b 1c 85 00 00 00 00'],
  ['mov ebx,[0x1234]', '8b 1d 34 12 00 00'],
  ['mov eax,ds:0x1234', 'a1 34 12 00 00'],
  ['mov ebx,[bp+di]', '67 8b 1b'],
  ['mov ebx,ss:[ebp+1]', '8b 5d 01'],
  ['mov ebx,ds:[ebp+1]', '3e 8b 5d 01'],
  ['mov es:[edi],al', '26 88 07'],
  ['inc BYTE PTR [ebx]', 'fe 03'], ['INC dword [EBX]', 'ff 03'],
  ['xchg ebx,eax', '93'], ['nop', '90'], ['xchg ax,ax', '66 90'],
  ['shl eax,1', 'd1 e0'], ['shl eax,cl', 'd3 e0'],
  ['rep movsd', 'f3 a5'], ['cs lodsb', '2e ac'],
  ['retw', '66 c3'], ['iret', 'cf'], ['cwde', '98'], ['cbw', '66 98'],
  ['jmp 0xe019:0x1000', 'ea 00 10 00 00 19 e0'],
  ['call far FWORD PTR [eax]', 'ff 18'],
  ['call FWORD PTR [eax]', 'ff 18'], ['call DWORD PTR [eax]', 'ff 10'],
  ['fsub st,st(2)', 'd8 e2'], ['fsubp st(2),st', 'de ea'],
  ['lock cmpxchg8b [esi]', 'f0 0f c7 0e'], ['hostcall 7', '0f 04 07'],
  ['mov cr0,eax', '0f 22 c0'], ['mov ds,eax', '8e d8'],
])('%s is %s', (text, wanted) => {
  expect(hex(assemble(text, 0, 32))).toBe(wanted);
});

test('in 16-bit mode', () => {
  expect(hex(assemble('mov eax,[bx]', 0, 16))).toBe('66 8b 07');
  expect(hex(assemble('jmp 0xf000:0xfff0', 0, 16)))
    .toBe('ea f0 ff 00 f0');
  expect(hex(assemble('mov ax,[0x1234]', 0, 16))).toBe('a1 34 12');
  expect(hex(assemble('jmp 0x10', 0xfff0, 16))).toBe('eb 1e');
});

test.each([
  ['add eax,bl', 'no add fits'], ['mov cs,eax', 'no mov fits'],
  ['frobnicate', "no instruction 'frobnicate'"],
  ['inc [ebx]', 'how wide?'], ['mov al,256', 'no mov fits'],
  ['mov eax,[ax]', 'no such 16-bit sum'],
  ['mov eax,[ebx+cx]', 'two widths'],
  ['mov eax,[ebx+ecx+edx]', 'too many registers'],
  ['mov eax,nobody', 'nobody'],
  ['mov eax,[esp*2]', 'esp cannot be an index'],
  ['data16 mov eax,5', 'no mov fits'],
])('%s: %s', (text, why) => {
  expect(() => assemble(text, 0, 32)).toThrow(why);
});

test('three ways to add five', () => {
  expect(alternatives('add eax,5', 0, 32).map(hex)).toEqual(
    expect.arrayContaining(['83 c0 05', '05 05 00 00 00',
      '81 c0 05 00 00 00']));
});

test('jumps grow only when they must', () => {
  const long = assembleProgram('jmp end\n.fill 128\nend: ret');
  expect(long.bytes.length).toBe(5 + 128 + 1);
  const short = assembleProgram('jmp end\n.fill 127\nend: ret');
  expect(short.bytes.length).toBe(2 + 127 + 1);
  const chain = assembleProgram(
    'jmp b\njmp a\n.fill 123\na: .fill 3\nb: ret');
  expect(chain.symbols.get('b')).toBe(2 + 2 + 126 + 3);
});

test('a program with everything in it', () => {
  const p = assembleProgram(`
  SIZE = 4 * 2            # a name
  start:  mov ecx, SIZE
          mov eax, [table + 4]   ; a comment
          call outside
          .align 16, 0x90
  table:  .long start, table, $
          .word -1, 'x'
          .byte 1, ';', 0b11
          .ascii "a;\\n"
          .org 0x1040
          .code16
  small:  mov ax, small & 0xffff`,
  { origin: 0x1000, symbols: { outside: 0x2000 } });
  expect(hex(p.bytes)).toBe(['b9 08 00 00 00 a1 14 10 00 00',
    'e8 f1 0f 00 00 90 00 10 00 00 10 10 00 00 10 10 00 00',
    'ff ff 78 00 01 3b 03 61 3b 0a', '00 '.repeat(26).trim(),
    'b8 40 10'].join(' '));
  expect(p.symbols.get('small')).toBe(0x1040);
});

test.each([
  ['nop\nmov eax,nowhere', 'line 2: '],
  ['a:\nb: nop\na:', "line 3: 'a' twice"],
  ['.fill 8\n.org 4', 'line 2: this would go backwards'],
  ['.weird 1', 'no directive'], ['.ascii hello', 'no text in quotes'],
  ['a: .fill 10 - (b - a)\nb:', 'never settle'],
])('%j: %s', (source, why) => {
  expect(() => assembleProgram(source)).toThrow(why);
});
