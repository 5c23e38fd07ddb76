import { expect, test } from 'vitest';
import type { Cpu } from '../../src/x86/cpu.ts';
import { assembleProgram } from '../../src/x86/program.ts';
import {
  CR0, CR3, CS, EFLAGS, EIP, ESP, flat, GDTR_BASE, GDTR_LIMIT,
  IDTR_BASE, IDTR_LIMIT, SEG,
} from '../../src/x86/state.ts';
import {
  type Happening, lockstep, type Scene, TUNINGS,
} from './lockstep.ts';
import { interrupts } from './scenes.ts';

const RAM = 0x4_0000;
const AT = { gdt: 0x7000, idt: 0x6000, stack: 0x8000, code: 0x1000,
  directory: 0x2_0000, table: 0x2_1000 };

/** Identity, 4 KiB pages; 4 MiB higher the same again. */
function paging(cpu: Cpu): void {
  cpu.state.set(CR0, 0x8001_0001);
  cpu.state.set(CR3, AT.directory);
  for (const n of [0, 4]) cpu.phys.write32(AT.directory + n, AT.table | 7);
  for (let n = 0; n < RAM / 4096; n++) {
    cpu.phys.write32(AT.table + 4 * n, n << 12 | 7);
  }
}

/** All vectors lead to one handler. */
function handler(cpu: Cpu, at: number): void {
  cpu.state.set(CR0, cpu.get(CR0) | 1);
  cpu.phys.write32(AT.gdt + 8, 0xffff);
  cpu.phys.write32(AT.gdt + 12, 0x00cf_9b00);
  cpu.state.set(GDTR_BASE, AT.gdt);
  cpu.state.set(GDTR_LIMIT, 0xff);
  cpu.state.set(IDTR_BASE, AT.idt);
  cpu.state.set(IDTR_LIMIT, 0x7ff);
  cpu.state.set(SEG[CS].selector, 8);
  for (let v = 0; v < 256; v++) {
    cpu.phys.write32(AT.idt + 8 * v, 0x8_0000 | at);
    cpu.phys.write32(AT.idt + 8 * v + 4, 0x8e00);
  }
}

interface Corner {
  readonly source: string;
  readonly limit?: number;
  readonly step?: number;
  readonly paged?: boolean;
  readonly stack?: number;
  /** More bytes of code, and where they lie. */
  readonly more?: readonly [number, readonly number[]];
  readonly happenings?: readonly Happening[];
  readonly tunings?: readonly string[];
}

function sceneOf(corner: Corner): Scene {
  const { source, limit = 3000, step = 37 } = corner;
  const { bytes, symbols } = assembleProgram(source.replaceAll(';', '\n'),
    { origin: AT.code, mode: 32 });
  const cuts = Array.from({ length: Math.floor(limit / step) },
    (_, n) => 1 + n * step);
  const setUp = (cpu: Cpu): void => {
    flat(cpu.state);
    cpu.phys.writeBytes(AT.code, bytes);
    if (corner.paged) paging(cpu);
    const to = symbols.get('handler');
    if (to !== undefined) handler(cpu, to);
    const [at, code] = corner.more ?? [0, []];
    cpu.phys.writeBytes(at, Uint8Array.from(code));
    cpu.state.set(EIP, AT.code);
    cpu.state.set(ESP, corner.stack ?? AT.stack);
    cpu.state.set(EFLAGS, 0x202);
  };
  const { happenings = [] } = corner;
  return { ramBytes: RAM, cuts, setUp, happenings };
}

const recursion = `l: mov ecx, 700; call f; inc ebx; jmp l
  f: dec ecx; je e; push ecx; call f; pop edx; add eax, edx; e: ret`;

const busy = `l: inc eax; push eax; call f; pop ebx; add [0x4000], ebx
  cmp byte ptr [0x4000], 7; jb l; rep movsb; mov ecx, 3
  k: adc edx, ecx; loop k; mov esi, 0x4100; mov edi, 0x4200; mov ecx, 4
  jmp l; f: xor ebp, eax; ret 0
  handler: inc dword ptr [0x4010]; iret`;

const every = (from: number, by: number, n: number): number[] =>
  Array.from({ length: n }, (_, k) => from + k * by);

const CORNERS: Readonly<Record<string, Corner>> = {
  'ADC after ADC': { source: `l: mov ebx, 0x4000
    adc byte ptr [ebx+0x31], 0xfd; adc al, 0x69; jmp l` },
  'a cut before a page that was never fetched from': { step: 1,
    limit: 200, paged: true, source: `l: inc eax; inc ecx
      cmp ecx, 9; jb l; xor ecx, ecx; mov edx, 0x3000; jmp edx
      .org 0x3000; inc ebx; mov eax, cr3; mov cr3, eax; mov edx, l
      jmp edx` },
  'a limit between two counts': { step: 2.5, limit: 200, source:
    'l: inc eax; inc ecx; cmp ecx, 9; jb l; xor ecx, ecx; jmp l' },
  'a fault on the page that one runs from': { paged: true,
    limit: 500, source: `jmp l
      l: mov edi, 0x4f00; mov ecx, 5; k: mov [edi], eax; dec ecx; jne k
      mov edi, 0x3004; mov dword ptr [0x2100c], 0x3007; invlpg [0x3000]
      mov esi, 0x3000; jmp esi
      handler: add esp, 4; add dword ptr [esp], 4; inc eax; iret
      .org 0x3000; jmp m; nop; nop
      m: mov dword ptr [0x2100c], 0x5005; mov [edi], eax` },
  'an accessed bit within the next instruction': { paged: true,
    more: [0x2_100d, [0x8b, 0x1d, 0, 0x50, 0, 0, 0xb8, 7, 0x50, 0, 0,
      0xff, 0xe2]],
    source: `l: mov edx, 0x1000; and dword ptr [0x21014], 0xffffff9f
      mov eax, cr3; mov cr3, eax; mov esi, 0x2100d; jmp esi` },
  'deep recursion': { source: recursion, limit: 30_000, step: 997,
    stack: RAM },
  'a return to somewhere else': { source: `
    l: call f; nop; inc ebx; call g; inc edi; jmp l
    f: inc eax; test eax, 3; jne x; add dword ptr [esp], 1; x: ret
    g: call h; inc esi; ret
    h: inc edx; test edx, 7; jne y; add esp, 4; y: ret` },
  'interrupts at every instruction': { source: busy, limit: 18_000,
    step: 307, happenings: interrupts(every(200, 53, 300)) },
  'cuts everywhere': { source: busy, step: 19 },
  'the trap flag': { source: `
    l: inc eax; cmp eax, 40; jne m; pushf; or dword ptr [esp], 0x100
    popf; m: cmp eax, 60; jne l; pushf; and dword ptr [esp], 0xfffffeff
    popf; xor eax, eax; jmp l
    handler: inc dword ptr [0x4010]; iret` },
  'breakpoints': { source: `mov eax, m; mov dr0, eax
    mov eax, 0x4020; mov dr1, eax
    l: mov eax, 0x402; mov dr7, eax; mov ecx, 30
    k: inc edx; m: add [0x4020], edx; loop k
    mov eax, 0x00d00408; mov dr7, eax; mov ecx, 30
    k2: inc edx; mov [0x4020], edx; mov [0x4030], edx; loop k2
    mov eax, 0x400; mov dr7, eax; mov ecx, 30
    k3: add [0x4020], ecx; loop k3; jmp l
    handler: inc dword ptr [0x4010]; or dword ptr [esp+8], 0x10000
    iret` },
  'two pages of code in one place of the buffer': { paged: true,
    source: `l: inc eax; mov edx, 0x401000+m-l; jmp edx
      m: inc ebx; cmp ebx, 5; jb k; mov edx, l; jmp edx
      k: mov ecx, 5; j: loop j; mov edx, l; jmp edx` },
  'a fetch into a page that comes and goes': { paged: true,
    stack: 0x6000, source: `
      l: xor dword ptr [0x2100c], 1; invlpg [0x3000]; inc eax; jmp m
      handler: add esp, 4; or dword ptr [0x2100c], 1; mov eax, cr2
      mov [0x4000], eax; invlpg [0x3000]; iret
      .org 0x2ffd; m: mov ebx, 0x12345678; inc ecx; mov edx, l
      jmp edx` },
  'bytes that are no instruction': { source: `
    l: imul eax, ecx; .byte 0x0f, 0x05; inc ecx; .byte 0x66, 0x0f, 0x05, 0x90
    .byte 0x0f, 0x00, 0x32; jmp l
    handler: inc dword ptr [0x4010]; mov edx, [esp]
    cmp byte ptr [edx], 0x0f; je two; inc dword ptr [esp]
    two: add dword ptr [esp], 2; iret` },
  'forms of one instruction': { source: `mov ebx, 0x4000; mov esi, 0x4010
    l: rol byte ptr [ebx+4], 3; rol al, 3; rol byte ptr [esi+4], 5
    rol byte ptr [ebx+4], 5; rcl dword ptr [ebx+4], 3; rcl eax, 3
    rcl dword ptr [ebx+8], 5; rcl dword ptr [esi+12], 5
    add [ebx+4], eax; add [esi+4], eax; inc eax; jmp l` },
  'code that changes itself': { limit: 1500, source: `
    l: inc dword ptr [m+1]; m: mov eax, 1; add ebx, eax; mov ecx, 3
    k: xor edx, ecx; loop k; jmp l` },
  'a code segment that grows until all is forgotten': { limit: 12_000,
    step: 997, tunings: ['handlers'], more: [0x7018, [0, 0x10, 0, 0, 0, 0x9b, 0xcf, 0]],
    source: `l: inc dword ptr [0x7018]; jmp 0x18:m
      m: inc eax; cmp eax, ecx; jmp l; handler: iret` },
  // A write that is refused, since its frame has code, must leave nothing
  // that the same instruction's read could see when it begins anew.
  'a read of the entry that the refused write would mark': { paged: true,
    step: 1, limit: 300, source: `
      l: mov dword ptr [0x21040], 0x1007; invlpg [0x10000]
      mov eax, cr3; mov cr3, eax; mov esi, 0x21040; mov edi, 0x10800
      movsd; jmp l` },
  'a read by the old entry, a refused write by the new': { paged: true,
    step: 1, limit: 300, source: `
      l: mov dword ptr [0x21018], 0x6027; invlpg [0x6000]
      mov al, [0x6000]; mov dword ptr [0x21018], 0x1067
      mov esi, 0x6000; mov edi, 0x6800; movsb; jmp l` },
  'a read whose place in the TLB the refused write would take': {
    paged: true, step: 1, limit: 400, source: `
      mov byte ptr [0x5000], 0x55; mov dword ptr [0x20020], 0x22007
      mov dword ptr [0x22018], 0x1067
      l: mov eax, cr3; mov cr3, eax; mov dword ptr [0x21018], 0x5067
      mov al, [0x6000]; mov dword ptr [0x21018], 0x8067
      mov esi, 0x6000; mov edi, 0x2006800; mov ecx, 1; rep movsb
      jmp l` },
  // A record whose handler came later, and that faults in one for two.
  'a fault before a record knows its handler': { paged: true,
    limit: 200, step: 100, tunings: ['pairs'], source: `
      mov dword ptr [0x21014], 0x5005; mov eax, cr3; mov cr3, eax
      mov bl, [0x5000]; mov dword ptr [0x21014], 0; mov ecx, 3
      l: mov esi, 0x2000; mov edi, 0x9800; movsb; dec ecx; je m
      cmp ecx, 0; jne l
      m: mov esi, 0x5000; mov edi, 0x5800; movsb; nop; jmp l
      handler: mov ebx, cr2; mov [0x4000], ebx; pop ebx; hlt` },
  // The page that faulted is used on the way to the handler.
  'a fault in the page of the IDT': { paged: true, step: 1, limit: 30,
    tunings: ['handlers', 'one', 'stock'], source: `
      mov dword ptr [0x21018], 0x6005; mov eax, cr3; mov cr3, eax
      mov [0x6f00], eax; handler: hlt` },
  'a device that appears over RAM': {
    source: `l: mov eax, [0x5000]; add ebx, eax; mov [0x5004], ebx
      inc ecx; jmp l`,
    happenings: [{ at: 500, what: (cpu) => cpu.phys.map({
      base: 0x5000, size: 0x1000, read: () => 7, write: () => {},
    }) }] },
};

test.each(Object.keys(CORNERS))('%s', (name) => {
  const corner = CORNERS[name];
  if (!corner) throw new Error('no such corner');
  const all = ['one', 'three', 'handlers', 'default'];
  for (const tuning of corner.tunings ?? all) {
    const verdict = lockstep(sceneOf(corner), TUNINGS[tuning] ?? {});
    expect(verdict.difference, tuning).toBeUndefined();
  }
}, 60_000);
