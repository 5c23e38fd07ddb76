// Programs of which each access is to fault once. DATA and the fifteen
// pages behind it are theirs. `done` ends one.
import type { Program } from './stage.ts';

const page = (n: number, offset = 0): string =>
  `DATA+0x${(n * 0x1000 + offset).toString(16)}`;

/** A loop of so many rounds; the counter is in a page of its own. */
export const rounds = (count: number, body: string, more = ''): string => `
  mov dword ptr [${page(15)}], ${count}
again: ${body}
  dec dword ptr [${page(15)}]
  jne again
  mov eax, 0
  int 0x80
  ${more}`;

export const user = (source: string): Program => ({ user: true, source });
const system = (source: string): Program => ({ user: false, source });

const moves = `
  mov eax, [${page(0, 8)}]
  mov [${page(1, 12)}], eax
  movzx ecx, byte ptr [${page(2, 1)}]
  movsx edx, word ptr [${page(3, 6)}]
  mov esi, ${page(4)}
  mov [esi+ecx*4], edx
  mov bl, [esi+0x20]
  mov [${page(5)}], bl
  mov ebx, ${page(4, 0x100)}
  xlatb
  cmp eax, [${page(6)}]
  adc edx, [${page(7, 4)}]
  mov word ptr [${page(8)}], 0x1234
  test byte ptr [${page(9)}], 0x40
  cmove ecx, [${page(10)}]
  setc [${page(11)}]
  lea eax, [eax+ecx*2]
  mov [${page(12)}], eax`;

const modified = `
  add [${page(0)}], ecx
  adc dword ptr [${page(1)}], 5
  sbb byte ptr [${page(2)}], 7
  inc dword ptr [${page(3)}]
  neg word ptr [${page(4)}]
  not dword ptr [${page(5)}]
  shl dword ptr [${page(6)}], 3
  rcr byte ptr [${page(7)}], 1
  shld [${page(8)}], eax, 5
  xchg [${page(9)}], edx
  xadd [${page(10)}], eax
  mov ebx, 77
  cmpxchg [${page(11)}], ebx
  lock add [${page(11, 64)}], eax
  mov eax, [${page(12)}]
  mov edx, [${page(12, 4)}]
  cmpxchg8b [${page(12)}]
  bts dword ptr [${page(13)}], 9
  btr [${page(14)}], ebx
  mul dword ptr [${page(13, 32)}]
  imul ecx, [${page(13, 36)}], 3`;

const stack = `
  mov ebp, esp
  push eax
  push dword ptr [${page(0)}]
  pop dword ptr [${page(1)}]
  pop edx
  push 0x1234
  pushf
  popf
  pop ecx
  pusha
  popa
  mov esp, ${page(3, 6)}
  push ecx
  push edx
  call outer
  pop edx
  pop ecx
  mov esp, ${page(6, 2)}
  enter 16, 2
  mov [ebp-4], eax
  leave
  push cx
  pop cx
  mov esp, ebp
  mov esp, ${page(9, 0x800)}
  push ebp
  call other
  pop ebp
  mov esp, ${page(12, 0x100)}`;

const functions = `
outer: push ebx
  mov ebx, esp
  mov esp, ${page(4, 0x100)}
  call inner
  mov esp, ebx
  pop ebx
  ret
inner: inc eax
  mov edx, inmost
  push 5
  call edx
  ret
inmost: xor eax, [esp+4]
  ret 4
other: mov dword ptr [${page(10)}], inmoster
  call dword ptr [${page(10)}]
  ret
inmoster: add eax, 3
  ret`;

const strings = `
  cld
  mov esi, ${page(0, 0xff0)}
  mov edi, ${page(2, 0xff8)}
  mov ecx, 9
  rep movsd
  mov esi, ${page(4, 0xffd)}
  mov edi, ${page(6, 0xffe)}
  mov ecx, 7
  rep movsb
  mov edi, ${page(8, 0xffa)}
  mov ecx, 5
  rep stosw
  mov esi, ${page(9, 0x800)}
  mov edi, ${page(9, 0x800)}
  mov ecx, 4
  repe cmpsd
  mov edi, ${page(10, 0xffc)}
  mov ecx, 8
  mov al, 0x77
  repne scasb
  std
  mov esi, ${page(12, 6)}
  mov edi, ${page(14, 4)}
  mov ecx, 4
  rep movsd
  cld
  lodsd
  stosb
  movsw
  cmpsb
  scasd`;

const numeric = `
  fninit
  fld dword ptr [${page(0)}]
  fld qword ptr [${page(1, 0x10)}]
  fld tbyte ptr [${page(2, 0xffa)}]
  fild word ptr [${page(4)}]
  fild dword ptr [${page(4, 8)}]
  fild qword ptr [${page(5, 0xffc)}]
  fadd dword ptr [${page(7)}]
  fmul qword ptr [${page(7, 0x40)}]
  fstp qword ptr [${page(8, 0xffd)}]
  fstp tbyte ptr [${page(10, 0xff9)}]
  fst dword ptr [${page(12)}]
  fistp dword ptr [${page(12, 8)}]
  fnstcw [${page(13)}]
  fldcw [${page(13)}]
  fnstsw [${page(13, 2)}]
  fnstenv [${page(13, 0xff0)}]
  fldenv [${page(13, 0xff0)}]
  fnsave [${page(8, 0xfc0)}]
  frstor [${page(8, 0xfc0)}]
  fbstp tbyte ptr [${page(11, 0xffb)}]
  fninit`;

const vectors = `
  movups xmm1, [${page(0, 0xff7)}]
  movaps xmm2, [${page(2)}]
  movdqa xmm3, [${page(2, 0x40)}]
  paddd xmm3, [${page(3)}]
  pxor xmm1, [${page(4)}]
  movups [${page(5, 0xff9)}], xmm2
  movaps [${page(7)}], xmm1
  movdqu [${page(7, 0xffc)}], xmm3
  movq xmm4, [${page(9, 0xffe)}]
  movlps [${page(10, 0xffb)}], xmm3
  movhps xmm2, [${page(12)}]
  movss xmm5, [${page(12, 0x10)}]
  movd [${page(12, 0x20)}], xmm1
  movntdq [${page(13)}], xmm2
  movq mm1, [${page(13, 0x40)}]
  paddb mm1, [${page(13, 0xffc)}]
  movq [${page(14, 0x800)}], mm1
  emms
  mulps xmm5, [${page(3, 0x80)}]
  cvtsi2sd xmm6, [${page(3, 0x90)}]
  stmxcsr [${page(14, 4)}]
  ldmxcsr [${page(14, 4)}]
  fxsave [${page(8, 0xf00)}]
  fxrstor [${page(8, 0xf00)}]`;

const across = [1, 2, 3].map((n) => `
  mov eax, [${page(0, 0x1000 - n)}]
  mov [${page(2, 0x1000 - n)}], eax
  add dword ptr [${page(4, 0x1000 - n)}], ${n}
  inc word ptr [${page(6, 0xfff)}]
  xchg [${page(8, 0x1000 - n)}], ecx
  mov dx, [${page(10, 0xfff)}]
  lea esi, [${page(12, 0x1000 - n)}]
  adc [esi], edx`).join('\n');

const calls = `
  mov eax, 3
  int 0x80
  mov [${page(0)}], eax
  mov eax, [${page(1)}]
  or eax, 1
  int 0x80
  push eax
  mov eax, 7
  int 0x80
  pop ecx
  add [${page(2)}], ecx`;

/** Code in three pages; an instruction lies in two of them. */
const spread = rounds(3, `
  inc ecx
  jmp second
  .org 0x10ffd
first: mov edx, 0x12345678
  add eax, edx
  call third
  jmp back
second: add eax, ecx
  jmp first
  .org 0x12ffe
third: mov [${page(0)}], eax
  ret
back: xor eax, ecx`);

/** Each access of them is to fault. */
export const PROGRAMS: Readonly<Record<string, Program>> = {
  moves: user(rounds(3, moves)),
  'moves on level 0': system(rounds(3, moves)),
  'read, modify, write': user(rounds(3, modified)),
  stack: user(rounds(3, stack, functions)),
  'stack on level 0': system(rounds(3, stack, functions)),
  strings: user(rounds(3, strings)),
  numeric: user(rounds(3, numeric)),
  vectors: user(rounds(3, vectors)),
  'across pages': user(rounds(3, across)),
  'across pages on level 0': system(rounds(3, across)),
  'system calls': user(rounds(3, calls)),
  'code in several pages': user(spread),
};
