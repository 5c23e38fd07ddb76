import type { RegClass } from './insn.ts';

/** Which part of the processor a row belongs to. */
export type Feature = 'integer' | 'x87' | 'mmx' | 'sse' | 'sse2';

/** Where an operand is encoded and how wide it is. */
export interface Spec {
  readonly text: string;
  /** Intel's capital letter. Ours: F, a fixed register; T, ST(i);
   *  Z, a register in the opcode; B, the byte at DS:[EBX]. */
  readonly method: string;
  /** Intel's small letter, for a register and for memory. */
  readonly type: string;
  readonly memory: string;
  /** The file of registers and, for F, which of them. */
  readonly cls: RegClass;
  readonly index: number;
}

const files: Record<string, RegClass> = {
  C: 'cr', D: 'dr', S: 'seg', T: 'st',
  N: 'mmx', P: 'mmx', Q: 'mmx', U: 'xmm', V: 'xmm', W: 'xmm',
};

const fixed: Record<string, [RegClass, number, string]> = {
  AL: ['gpr', 0, 'b'], CL: ['gpr', 1, 'b'], AX: ['gpr', 0, 'w'],
  DX: ['gpr', 2, 'w'], eAX: ['gpr', 0, 'z'], rAX: ['gpr', 0, 'v'],
  ES: ['seg', 0, 'w'], CS: ['seg', 1, 'w'], SS: ['seg', 2, 'w'],
  DS: ['seg', 3, 'w'], FS: ['seg', 4, 'w'], GS: ['seg', 5, 'w'],
  ST: ['st', 0, 't'],
};

function parseSpec(text: string): Spec {
  const known = fixed[text];
  if (known) {
    const [cls, index, type] = known;
    return { text, method: 'F', type, memory: type, cls, index };
  }
  const [reg, mem] = text.split('/') as [string, string?];
  const method = mem ? 'E' : reg.charAt(0);
  const type = method === 'T' ? 't' : reg.slice(1);
  const memory = mem ? mem.slice(1) : type;
  const cls = files[method] ?? 'gpr';
  return { text, method, type, memory, cls, index: 0 };
}

/** One line of the table. */
export interface Row {
  readonly id: number;
  readonly text: string;
  readonly feature: Feature;
  /** The first name is the key; further ones go by size. */
  readonly mnemonic: string;
  readonly names: readonly string[];
  readonly operands: readonly Spec[];
  /** Mandatory: 0 no prefix, 1 66, 2 F3, 3 F2; -1: any will do. */
  readonly prefix: number;
  /** 0 the one-byte map, 1 behind 0F. */
  readonly map: number;
  readonly opcode: number;
  /** From here to the end of its eight: opcode, or exact byte. */
  readonly plus: boolean;
  readonly hasModRm: boolean;
  /** Which values of ModRM's middle bits; '' for all. */
  readonly digits: string;
  /** Which ModRM byte; -1 for any. */
  readonly exact: number;
  readonly flags: readonly string[];
  readonly lockable: boolean;
}

const column = new RegExp('^(?:(np|66|f3|f2):)?(0f)?([0-9a-f]{2})'
  + '(?:/([0-7]+)|\\.([0-9a-f]{2}))?(\\+?)$');
const prefixes = ['np', '66', 'f3', 'f2'];

const rows: Row[] = [];
/** Every row, in the order of the book. */
export const table: readonly Row[] = rows;

const inModRm = (s: Spec) => 'CDEGMNPQRSTUVW'.includes(s.method);

function parseRow(feature: Feature, text: string): Row {
  const [code = '', name = '', list = '-', ...flags] = text.split(' ');
  const m = column.exec(code);
  if (!m) throw new Error(`not a row of the table: ${text}`);
  const [, prefix, two, byte = '', digits = '', exact, plus] = m;
  const operands = list === '-' ? [] : list.split(',').map(parseSpec);
  const names = name.split('|');
  return {
    id: rows.length, text, feature, mnemonic: names[0] ?? '', names,
    operands, flags, lockable: flags.includes('lock'),
    prefix: prefix ? prefixes.indexOf(prefix) : -1,
    map: two ? 1 : 0, opcode: parseInt(byte, 16), plus: plus === '+',
    hasModRm: digits !== '' || exact !== undefined
      || operands.some(inModRm),
    digits, exact: exact ? parseInt(exact, 16) : -1,
  };
}

/** Adds rows to the table, one a line: opcode, name, operands (or
 *  `-` before flags), flags. */
export function define(feature: Feature, lines: string): void {
  for (const line of lines.split('\n')) {
    const text = line.trim();
    if (text !== '') rows.push(parseRow(feature, text));
  }
}

/** The same rows under several names, which take the place of `?`.
 *  For each name the code moves on: a `/digit` by one, an opcode or
 *  an exact ModRM byte by `step`. */
export function family(
  feature: Feature, names: string, step: number, lines: string,
): void {
  names.split(' ').forEach((name, i) => {
    for (const line of lines.trim().split('\n')) {
      const [code = '', ...rest] = line.trim().split(' ');
      const row = [moved(code, i, step), ...rest].join(' ');
      define(feature, row.replace('?', name));
    }
  });
}

function moved(code: string, i: number, step: number): string {
  const plus = code.endsWith('+') ? '+' : '';
  const bare = code.slice(0, code.length - plus.length);
  const digit = bare.at(-2) === '/';
  const tail = bare.slice(digit ? -1 : -2);
  const number = parseInt(tail, 16) + i * (digit ? 1 : step);
  return bare.slice(0, -tail.length)
    + number.toString(16).padStart(tail.length, '0') + plus;
}

family('integer', 'add or adc sbb and sub xor', 8, `
  00 ? Eb,Gb lock
  01 ? Ev,Gv lock
  02 ? Gb,Eb
  03 ? Gv,Ev
  04 ? AL,Ib
  05 ? rAX,Iz`);

define('integer', `
  38 cmp Eb,Gb
  39 cmp Ev,Gv
  3a cmp Gb,Eb
  3b cmp Gv,Ev
  3c cmp AL,Ib
  3d cmp rAX,Iz`);

family('integer', 'add or adc sbb and sub xor', 1, `
  80/0 ? Eb,Ib lock
  81/0 ? Ev,Iz lock
  82/0 ? Eb,Ib lock i64
  83/0 ? Ev,Is lock`);
define('integer', `
  80/7 cmp Eb,Ib
  81/7 cmp Ev,Iz
  82/7 cmp Eb,Ib i64
  83/7 cmp Ev,Is`);

define('integer', `
  06 push ES i64 sized
  07 pop ES i64 sized
  0e push CS i64 sized
  16 push SS i64 sized
  17 pop SS i64 sized
  1e push DS i64 sized
  1f pop DS i64 sized
  27 daa - i64
  2f das - i64
  37 aaa - i64
  3f aas - i64`);

define('integer', `
  40+ inc Zv i64
  48+ dec Zv i64
  50+ push Zv d64
  58+ pop Zv d64
  60 pusha - i64 sized
  61 popa - i64 sized
  62 bound Gv,Ma i64
  63 arpl Ew,Gw i64
  63 movsxd Gv,Ed o64
  68 push Iz d64 sized
  69 imul Gv,Ev,Iz
  6a push Is d64 sized
  6b imul Gv,Ev,Is
  6c ins Yb,DX rep
  6d ins Yz,DX rep
  6e outs DX,Xb rep
  6f outs DX,Xz rep`);

/** The sixteen conditions, in the order of their encoding. */
export const conditions =
  'o no b ae e ne be a s ns p np l ge le g'.split(' ');
const conditional = (before: string) =>
  conditions.map(c => before + c).join(' ');

family('integer', conditional('j'), 1, '70 ? Jb f64');
family('integer', conditional('j'), 1, '0f80 ? Jz f64 sized');
family('integer', conditional('set'), 1, '0f90 ? Eb');
family('integer', conditional('cmov'), 1, '0f40 ? Gv,Ev');

define('integer', `
  84 test Eb,Gb
  85 test Ev,Gv
  86 xchg Eb,Gb lock
  87 xchg Ev,Gv lock
  88 mov Eb,Gb
  89 mov Ev,Gv
  8a mov Gb,Eb
  8b mov Gv,Ev
  8c/012345 mov Rv/Mw,Sw
  8d lea Gv,M
  8e/02345 mov Sw,Rv/Mw
  8f/0 pop Ev d64
  np:90 nop
  f2:90 nop - idle
  f3:90 pause
  66:90 xchg rAX,rAX
  91+ xchg Zv,rAX
  98 cbw|cwde|cdqe
  99 cwd|cdq|cqo
  9a callf Ap i64 sized
  9b fwait
  9c pushf - d64 sized
  9d popf - d64 sized
  9e sahf
  9f lahf`);

define('integer', `
  a0 mov AL,Ob
  a1 mov rAX,Ov
  a2 mov Ob,AL
  a3 mov Ov,rAX
  a4 movs Yb,Xb rep
  a5 movs Yv,Xv rep
  a6 cmps Xb,Yb repe
  a7 cmps Xv,Yv repe
  a8 test AL,Ib
  a9 test rAX,Iz
  aa stos Yb,AL rep
  ab stos Yv,rAX rep
  ac lods AL,Xb rep
  ad lods rAX,Xv rep
  ae scas AL,Yb repe
  af scas rAX,Yv repe
  b0+ mov Zb,Ib
  b8+ mov Zv,Iv`);

family('integer', 'rol ror rcl rcr shl shr shl sar', 1, `
  c0/0 ? Eb,Ib
  c1/0 ? Ev,Ib
  d0/0 ? Eb,1
  d1/0 ? Ev,1
  d2/0 ? Eb,CL
  d3/0 ? Ev,CL`);

define('integer', `
  c2 ret Iw f64 sized
  c3 ret - f64 sized
  c4 les Gv,Mp i64
  c5 lds Gv,Mp i64
  c6/0 mov Eb,Ib
  c7/0 mov Ev,Iz
  c8 enter Iw,Ib d64 sized
  c9 leave - d64 sized
  ca retf Iw sized
  cb retf - sized
  cc int3
  cd int Ib
  ce into - i64
  cf iret - sized
  d4 aam Ib i64
  d5 aad Ib i64
  d7 xlat Bb
  e0 loopne Jb f64
  e1 loope Jb f64
  e2 loop Jb f64
  e3 jcxz|jecxz|jrcxz Jb f64
  e4 in AL,Ib
  e5 in eAX,Ib
  e6 out Ib,AL
  e7 out Ib,eAX
  e8 call Jz f64 sized
  e9 jmp Jz f64 sized
  ea jmpf Ap i64 sized
  eb jmp Jb f64
  ec in AL,DX
  ed in eAX,DX
  ee out DX,AL
  ef out DX,eAX`);

define('integer', `
  f1 int1
  f4 hlt
  f5 cmc
  f6/01 test Eb,Ib
  f6/2 not Eb lock
  f6/3 neg Eb lock
  f6/4 mul Eb
  f6/5 imul Eb
  f6/6 div Eb
  f6/7 idiv Eb
  f7/01 test Ev,Iz
  f7/2 not Ev lock
  f7/3 neg Ev lock
  f7/4 mul Ev
  f7/5 imul Ev
  f7/6 div Ev
  f7/7 idiv Ev
  f8 clc
  f9 stc
  fa cli
  fb sti
  fc cld
  fd std
  fe/0 inc Eb lock
  fe/1 dec Eb lock
  ff/0 inc Ev lock
  ff/1 dec Ev lock
  ff/2 call Ev f64
  ff/3 callf Mp
  ff/4 jmp Ev f64
  ff/5 jmpf Mp
  ff/6 push Ev d64`);

define('integer', `
  0f00/0 sldt Rv/Mw
  0f00/1 str Rv/Mw
  0f00/2 lldt Ew
  0f00/3 ltr Ew
  0f00/4 verr Ew
  0f00/5 verw Ew
  0f01/0 sgdt Mg sized
  0f01/1 sidt Mg sized
  0f01/2 lgdt Mg sized
  0f01/3 lidt Mg sized
  0f01/4 smsw Rv/Mw
  0f01/6 lmsw Ew
  0f01/7 invlpg Mb
  0f01.f8 swapgs - o64
  0f02 lar Gv,Rv/Mw
  0f03 lsl Gv,Rv/Mw
  0f04 hostcall Ib
  0f05 syscall - o64
  0f06 clts
  0f07 sysret - o64
  0f08 invd
  np:0f09 wbinvd
  0f0b ud2
  0f20/0234 mov Ry,Cy f64
  0f21 mov Ry,Dy f64
  0f22/0234 mov Cy,Ry f64
  0f23 mov Dy,Ry f64
  0f30 wrmsr
  0f31 rdtsc
  0f32 rdmsr
  0f33 rdpmc
  0f34 sysenter
  0f35 sysexit
  0faa rsm`);

define('sse', `
  0f18/0 prefetchnta Mb
  0f18/1 prefetcht0 Mb
  0f18/2 prefetcht1 Mb
  0f18/3 prefetcht2 Mb`);
define('integer', `
  0f18/4567 nop Ev
  0f19 nop Ev
  0f1a nop Ev
  0f1b nop Ev
  0f1c nop Ev
  0f1d nop Ev
  0f1e nop Ev
  0f1f nop Ev`);

define('integer', `
  0fa0 push FS d64 sized
  0fa1 pop FS d64 sized
  0fa2 cpuid
  0fa3 bt Ev,Gv
  0fa4 shld Ev,Gv,Ib
  0fa5 shld Ev,Gv,CL
  0fa8 push GS d64 sized
  0fa9 pop GS d64 sized
  0fab bts Ev,Gv lock
  0fac shrd Ev,Gv,Ib
  0fad shrd Ev,Gv,CL
  0faf imul Gv,Ev
  0fb0 cmpxchg Eb,Gb lock
  0fb1 cmpxchg Ev,Gv lock
  0fb2 lss Gv,Mp
  0fb3 btr Ev,Gv lock
  0fb4 lfs Gv,Mp
  0fb5 lgs Gv,Mp
  0fb6 movzx Gv,Eb
  0fb7 movzx Gv,Ew
  0fb9 ud1 Gv,Ev
  0fba/4 bt Ev,Ib
  0fba/5 bts Ev,Ib lock
  0fba/6 btr Ev,Ib lock
  0fba/7 btc Ev,Ib lock
  0fbb btc Ev,Gv lock
  0fbc bsf Gv,Ev
  0fbd bsr Gv,Ev
  0fbe movsx Gv,Eb
  0fbf movsx Gv,Ew
  0fc0 xadd Eb,Gb lock
  0fc1 xadd Ev,Gv lock
  0fc7/1 cmpxchg8b Mq lock
  0fc8+ bswap Zv
  0fff ud0 Gv,Ev`);

const arithmetic = 'add mul com comp sub subr div divr'.split(' ');
const x87 = (before: string) =>
  arithmetic.map(name => before + name).join(' ');

family('x87', x87('f'), 8, `
  d8/0 ? Md
  dc/0 ? Mq`);
family('x87', x87('fi'), 8, `
  da/0 ? Md
  de/0 ? Mw`);

define('x87', `
  d8.c0+ fadd ST,T
  d8.c8+ fmul ST,T
  d8.d0+ fcom T
  d8.d8+ fcomp T
  d8.e0+ fsub ST,T
  d8.e8+ fsubr ST,T
  d8.f0+ fdiv ST,T
  d8.f8+ fdivr ST,T
  dc.c0+ fadd T,ST
  dc.c8+ fmul T,ST
  dc.e0+ fsubr T,ST
  dc.e8+ fsub T,ST
  dc.f0+ fdivr T,ST
  dc.f8+ fdiv T,ST
  de.c0+ faddp T,ST
  de.c8+ fmulp T,ST
  de.d9 fcompp
  de.e0+ fsubrp T,ST
  de.e8+ fsubp T,ST
  de.f0+ fdivrp T,ST
  de.f8+ fdivp T,ST`);

define('x87', `
  d9/0 fld Md
  d9/2 fst Md
  d9/3 fstp Md
  d9/4 fldenv M sized
  d9/5 fldcw Mw
  d9/6 fnstenv M sized
  d9/7 fnstcw Mw
  db/0 fild Md
  db/2 fist Md
  db/3 fistp Md
  db/5 fld Mt
  db/7 fstp Mt
  dd/0 fld Mq
  dd/2 fst Mq
  dd/3 fstp Mq
  dd/4 frstor M sized
  dd/6 fnsave M sized
  dd/7 fnstsw Mw
  df/0 fild Mw
  df/2 fist Mw
  df/3 fistp Mw
  df/4 fbld Mt
  df/5 fild Mq
  df/6 fbstp Mt
  df/7 fistp Mq`);

define('x87', `
  d9.c0+ fld T
  d9.c8+ fxch T
  da.c0+ fcmovb ST,T
  da.c8+ fcmove ST,T
  da.d0+ fcmovbe ST,T
  da.d8+ fcmovu ST,T
  da.e9 fucompp
  db.c0+ fcmovnb ST,T
  db.c8+ fcmovne ST,T
  db.d0+ fcmovnbe ST,T
  db.d8+ fcmovnu ST,T
  db.e2 fnclex
  db.e3 fninit
  db.e8+ fucomi ST,T
  db.f0+ fcomi ST,T
  dd.c0+ ffree T
  dd.d0+ fst T
  dd.d8+ fstp T
  dd.e0+ fucom T
  dd.e8+ fucomp T
  df.e0 fnstsw AX
  df.e8+ fucomip ST,T
  df.f0+ fcomip ST,T`);

define('x87', `
  d9.d0 fnop
  d9.e0 fchs
  d9.e1 fabs
  d9.e4 ftst
  d9.e5 fxam
  d9.e8 fld1
  d9.e9 fldl2t
  d9.ea fldl2e
  d9.eb fldpi
  d9.ec fldlg2
  d9.ed fldln2
  d9.ee fldz
  d9.f0 f2xm1
  d9.f1 fyl2x
  d9.f2 fptan
  d9.f3 fpatan
  d9.f4 fxtract
  d9.f5 fprem1
  d9.f6 fdecstp
  d9.f7 fincstp
  d9.f8 fprem
  d9.f9 fyl2xp1
  d9.fa fsqrt
  d9.fb fsincos
  d9.fc frndint
  d9.fd fscale
  d9.fe fsin
  d9.ff fcos`);

/** MMX rows and, behind 66, the same on XMM registers. */
function packed(first: string, names: string): void {
  family('mmx', names, 1, `np:${first} ? Pq,Qq`);
  family('sse2', names, 1, `66:${first} ? Vx,Wx`);
}
family('mmx', 'punpcklbw punpcklwd punpckldq', 1, 'np:0f60 ? Pq,Qd');
family('sse2', 'punpcklbw punpcklwd punpckldq', 1, '66:0f60 ? Vx,Wx');
packed('0f63', 'packsswb pcmpgtb pcmpgtw pcmpgtd packuswb');
packed('0f68', 'punpckhbw punpckhwd punpckhdq packssdw');
packed('0f74', 'pcmpeqb pcmpeqw pcmpeqd');
packed('0fd1', 'psrlw psrld psrlq paddq pmullw');
packed('0fd8', 'psubusb psubusw pminub pand');
packed('0fdc', 'paddusb paddusw pmaxub pandn');
packed('0fe0', 'pavgb psraw psrad pavgw pmulhuw pmulhw');
packed('0fe8', 'psubsb psubsw pminsw por');
packed('0fec', 'paddsb paddsw pmaxsw pxor');
packed('0ff1', 'psllw pslld psllq pmuludq pmaddwd psadbw');
packed('0ff8', 'psubb psubw psubd psubq paddb paddw paddd');

define('mmx', `
  np:0f6e movd Pq,Ey
  np:0f6f movq Pq,Qq
  np:0f70 pshufw Pq,Qq,Ib
  np:0f71/2 psrlw Nq,Ib
  np:0f71/4 psraw Nq,Ib
  np:0f71/6 psllw Nq,Ib
  np:0f72/2 psrld Nq,Ib
  np:0f72/4 psrad Nq,Ib
  np:0f72/6 pslld Nq,Ib
  np:0f73/2 psrlq Nq,Ib
  np:0f73/6 psllq Nq,Ib
  np:0f77 emms
  np:0f7e movd Ey,Pq
  np:0f7f movq Qq,Pq
  np:0fc4 pinsrw Pq,Rd/Mw,Ib
  np:0fc5 pextrw Gd,Nq,Ib
  np:0fd7 pmovmskb Gd,Nq
  np:0fe7 movntq Mq,Pq
  np:0ff7 maskmovq Pq,Nq`);

define('sse2', `
  66:0f6c punpcklqdq Vx,Wx
  66:0f6d punpckhqdq Vx,Wx
  66:0f6e movd Vx,Ey
  66:0f6f movdqa Vx,Wx
  f3:0f6f movdqu Vx,Wx
  66:0f70 pshufd Vx,Wx,Ib
  f3:0f70 pshufhw Vx,Wx,Ib
  f2:0f70 pshuflw Vx,Wx,Ib
  66:0f71/2 psrlw Ux,Ib
  66:0f71/4 psraw Ux,Ib
  66:0f71/6 psllw Ux,Ib
  66:0f72/2 psrld Ux,Ib
  66:0f72/4 psrad Ux,Ib
  66:0f72/6 pslld Ux,Ib
  66:0f73/2 psrlq Ux,Ib
  66:0f73/3 psrldq Ux,Ib
  66:0f73/6 psllq Ux,Ib
  66:0f73/7 pslldq Ux,Ib
  66:0f7e movd Ey,Vx
  f3:0f7e movq Vx,Wq
  66:0f7f movdqa Wx,Vx
  f3:0f7f movdqu Wx,Vx
  66:0fc4 pinsrw Vx,Rd/Mw,Ib
  66:0fc5 pextrw Gd,Ux,Ib
  66:0fd6 movq Wq,Vx
  f3:0fd6 movq2dq Vx,Nq
  f2:0fd6 movdq2q Pq,Ux
  66:0fd7 pmovmskb Gd,Ux
  66:0fe7 movntdq Mx,Vx
  66:0ff7 maskmovdqu Vx,Ux`);

/** Rows for PS, PD, SS and SD, by their prefixes. */
function fourfold(opcode: string, name: string): void {
  define('sse', `np:${opcode} ${name}ps Vx,Wx`);
  define('sse2', `66:${opcode} ${name}pd Vx,Wx`);
  define('sse', `f3:${opcode} ${name}ss Vx,Wd`);
  define('sse2', `f2:${opcode} ${name}sd Vx,Wq`);
}
fourfold('0f51', 'sqrt');
fourfold('0f58', 'add');
fourfold('0f59', 'mul');
fourfold('0f5c', 'sub');
fourfold('0f5d', 'min');
fourfold('0f5e', 'div');
fourfold('0f5f', 'max');

define('sse', `
  np:0f10 movups Vx,Wx
  f3:0f10 movss Vx,Wd
  np:0f11 movups Wx,Vx
  f3:0f11 movss Wd,Vx
  np:0f12 movlps Vx,Mq
  np:0f12 movhlps Vx,Ux
  np:0f13 movlps Mq,Vx
  np:0f14 unpcklps Vx,Wx
  np:0f15 unpckhps Vx,Wx
  np:0f16 movhps Vx,Mq
  np:0f16 movlhps Vx,Ux
  np:0f17 movhps Mq,Vx
  np:0f28 movaps Vx,Wx
  np:0f29 movaps Wx,Vx
  np:0f2b movntps Mx,Vx`);
define('sse2', `
  66:0f10 movupd Vx,Wx
  f2:0f10 movsd Vx,Wq
  66:0f11 movupd Wx,Vx
  f2:0f11 movsd Wq,Vx
  66:0f12 movlpd Vx,Mq
  66:0f13 movlpd Mq,Vx
  66:0f14 unpcklpd Vx,Wx
  66:0f15 unpckhpd Vx,Wx
  66:0f16 movhpd Vx,Mq
  66:0f17 movhpd Mq,Vx
  66:0f28 movapd Vx,Wx
  66:0f29 movapd Wx,Vx
  66:0f2b movntpd Mx,Vx`);

define('sse', `
  np:0f2a cvtpi2ps Vx,Qq
  f3:0f2a cvtsi2ss Vx,Ey
  np:0f2c cvttps2pi Pq,Wq
  f3:0f2c cvttss2si Gy,Wd
  np:0f2d cvtps2pi Pq,Wq
  f3:0f2d cvtss2si Gy,Wd`);
define('sse2', `
  66:0f2a cvtpi2pd Vx,Qq
  f2:0f2a cvtsi2sd Vx,Ey
  66:0f2c cvttpd2pi Pq,Wx
  f2:0f2c cvttsd2si Gy,Wq
  66:0f2d cvtpd2pi Pq,Wx
  f2:0f2d cvtsd2si Gy,Wq
  np:0f5a cvtps2pd Vx,Wq
  66:0f5a cvtpd2ps Vx,Wx
  f3:0f5a cvtss2sd Vx,Wd
  f2:0f5a cvtsd2ss Vx,Wq
  np:0f5b cvtdq2ps Vx,Wx
  66:0f5b cvtps2dq Vx,Wx
  f3:0f5b cvttps2dq Vx,Wx
  66:0fe6 cvttpd2dq Vx,Wx
  f3:0fe6 cvtdq2pd Vx,Wq
  f2:0fe6 cvtpd2dq Vx,Wx`);

family('sse', 'ucomiss comiss', 1, 'np:0f2e ? Vx,Wd');
family('sse2', 'ucomisd comisd', 1, '66:0f2e ? Vx,Wq');
family('sse', 'andps andnps orps xorps', 1, 'np:0f54 ? Vx,Wx');
family('sse2', 'andpd andnpd orpd xorpd', 1, '66:0f54 ? Vx,Wx');
family('sse', 'rsqrtps rcpps', 1, 'np:0f52 ? Vx,Wx');
family('sse', 'rsqrtss rcpss', 1, 'f3:0f52 ? Vx,Wd');
define('sse', `
  np:0f50 movmskps Gd,Ux
  np:0fc2 cmpps Vx,Wx,Ib
  f3:0fc2 cmpss Vx,Wd,Ib
  np:0fc6 shufps Vx,Wx,Ib`);
define('sse2', `
  66:0f50 movmskpd Gd,Ux
  66:0fc2 cmppd Vx,Wx,Ib
  f2:0fc2 cmpsd Vx,Wq,Ib
  66:0fc6 shufpd Vx,Wx,Ib`);

define('sse', `
  np:0fae/0 fxsave M
  np:0fae/1 fxrstor M
  np:0fae/2 ldmxcsr Md
  np:0fae/3 stmxcsr Md
  np:0fae.f8 sfence`);
define('sse2', `
  np:0fae/7 clflush Mb
  np:0fae.e8+ lfence
  np:0fae.f0 mfence
  np:0fc3 movnti My,Gy`);
