import { expect, test } from 'vitest';
import { load } from '../bare.ts';
import { CR0, CR4, EAX, EBX, FPU_SW, XMM } from '../state.ts';

const MF = 16, NM = 7, UD = 6, XM = 19, GP = 13;

/** Runs a program until something traps; gives the vector. */
function trapOf(text: string, cr0: number, cr4 = 0x600) {
  const cpu = load(`${text}\n hlt`);
  cpu.state.set(CR0, cr0);
  cpu.state.set(CR4, cr4);
  cpu.run(100);
  return { cpu, vector: cpu.lastTrap?.vector };
}

const DIVIDE = `push 0x37b
  fldcw WORD PTR [esp]
  fld1
  fldz
  fdivp st(1),st`;

test('a numeric error comes with the next one that waits', () => {
  const { cpu, vector } = trapOf(`${DIVIDE}
    fnstsw ax
    mov ebx, eax
    fld1`, 0x21);
  expect(vector).toBe(MF);
  expect(cpu.get(EBX) & 0x8084).toBe(0x8084);
  expect(cpu.get(FPU_SW) & 0x3800).toBe(6 << 11);
});

test('FNCLEX makes it go away', () => {
  const { vector } = trapOf(`${DIVIDE}\n fnclex\n fwait`, 0x21);
  expect(vector).toBeUndefined();
});

test.each([
  ['fld1', 4, NM], ['fld1', 8, NM], ['fwait', 8, undefined],
  ['fwait', 10, NM], ['movq mm0, mm1', 4, UD],
  ['movq mm0, mm1', 8, NM], ['movaps xmm0, xmm1', 4, UD],
  ['movaps xmm0, xmm1', 8, NM], ['fninit', 0, undefined],
] as const)('%s with CR0 %i', (text, cr0, want) => {
  expect(trapOf(text, cr0).vector).toBe(want);
});

const UNMASKED = `mov DWORD PTR [0x7000], 0x1d80
  ldmxcsr [0x7000]
  mov eax, 1
  cvtsi2ss xmm1, eax
  divss xmm1, xmm0`;

test('SSE errors do not wait', () => {
  expect(trapOf(UNMASKED, 0).vector).toBe(XM);
  expect(trapOf(UNMASKED, 0, 0x200).vector).toBe(UD);
  expect(trapOf('movaps xmm0, xmm1', 0, 0).vector).toBe(UD);
  expect(trapOf('movaps xmm0, [0x7008]', 0).vector).toBe(GP);
  expect(trapOf('movups xmm0, [0x7008]', 0).vector).toBeUndefined();
});

test('MMX lies in the x87 registers', () => {
  const { cpu } = trapOf(`mov eax, 0x1234
    movd mm3, eax
    fnstsw ax
    fxch st(3)
    sub esp, 16
    fstp TBYTE PTR [esp]
    mov eax, [esp]
    movzx ebx, WORD PTR [esp+8]`, 0);
  expect(cpu.get(EAX)).toBe(0x1234);
  expect(cpu.get(EBX)).toBe(0xffff);
});

test('FXSAVE and FXRSTOR move everything', () => {
  const { cpu } = trapOf(`fldpi
    mov eax, 77
    movd xmm5, eax
    fxsave [0x7000]
    fninit
    pxor xmm5, xmm5
    fxrstor [0x7000]
    sub esp, 16
    fstp TBYTE PTR [esp]
    mov eax, [esp+4]`, 0);
  expect(cpu.get(EAX)).toBe(0xc90f_daa2);
  expect(cpu.state.i64[XMM[5]!.id]).toBe(77n);
});

test('an environment stored in each layout comes back', () => {
  for (const prefix of ['', '.byte 0x66\n']) {
    const { cpu } = trapOf(`fld1\n fldz
      ${prefix} fnsave [0x7000]
      ${prefix} frstor [0x7000]
      fnstsw ax
      fxam
      fnstsw [0x6000]
      mov ebx, [0x6000]`, 1);
    expect(cpu.get(EAX) & 0x3800).toBe(6 << 11);
    expect(cpu.get(EBX) & 0x4700).toBe(0x4000);
  }
});

test('the sine near pi, with a pi of 66 bits', () => {
  const { cpu } = trapOf(`fldpi
    fstp QWORD PTR [0x7000]
    fld QWORD PTR [0x7000]
    fsin
    fstp QWORD PTR [0x7000]`, 0);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setBigUint64(0, cpu.phys.read64(0x7000));
  const error = bits.getFloat64(0) / Math.sin(Math.PI) - 1;
  expect(Math.abs(error)).toBeGreaterThan(1e-5);
  expect(Math.abs(error)).toBeLessThan(1e-4);
});
