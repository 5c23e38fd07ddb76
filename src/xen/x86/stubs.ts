import { assembleProgram } from '../../x86/program.ts';
import {
  GDT_PAGE_AT, IDT_AT, STACK_AT, STACK_END, TEXT_AT, TSS_SELECTOR,
  XEN_CS, XEN_DS,
} from './layout.ts';

/** Numbers of our hostcalls. */
export const HOSTCALL = { guest: 0, idle: 1, hypervisor: 2 } as const;

export const HYPERCALL_VECTOR = 0x82;
export const TICK_VECTOR = 0xf0;

/** Exceptions for which the processor pushes an error code. */
const WITH_CODE = new Set([8, 10, 11, 12, 13, 14, 17]);

const vectors = [
  ...Array.from({ length: 32 }, (_, n) => n),
  HYPERCALL_VECTOR, TICK_VECTOR,
];

function vectorStub(n: number): string {
  const mark = WITH_CODE.has(n)
    ? `mov word ptr [esp+2], ${n}` : `push ${n << 16}`;
  return `vector_${n}:\n${mark}\njmp entry`;
}

/** Offsets in cpu_user_regs. */
const OFFSET = { cs: 36, es: 52, ds: 56, fs: 60, gs: 64 };

const ENTRY = `
entry:
  cld
  push eax
  push ebp
  push edi
  push esi
  push edx
  push ecx
  push ebx
  test byte ptr [esp+${OFFSET.cs}], 3
  jz inner
  mov word ptr [esp+${OFFSET.es}], es
  mov word ptr [esp+${OFFSET.ds}], ds
  mov word ptr [esp+${OFFSET.fs}], fs
  mov word ptr [esp+${OFFSET.gs}], gs
  mov eax, ${XEN_DS}
  mov ds, eax
  mov es, eax
  hostcall ${HOSTCALL.guest}
inner:
  mov eax, ${XEN_DS}
  mov ds, eax
  mov es, eax
  hostcall ${HOSTCALL.hypervisor}
`;

const EXIT = `
switch:
  mov cr3, ecx
  lgdt [eax]
  lldt dx
  mov cr0, ebx
restore:
  mov ds, word ptr [esp+${OFFSET.ds}]
  mov es, word ptr [esp+${OFFSET.es}]
  mov fs, word ptr [esp+${OFFSET.fs}]
  mov gs, word ptr [esp+${OFFSET.gs}]
  pop ebx
  pop ecx
  pop edx
  pop esi
  pop edi
  pop ebp
  pop eax
  add esp, 4
leave:
  iretd
end_of_exit:
`;

const boot = (idleL3: number): string => `
start:
  mov eax, 0x630
  mov cr4, eax
  mov eax, ${idleL3}
  mov cr3, eax
  mov eax, 0x80010033
  mov cr0, eax
  lgdt [${STACK_AT}]
  lidt [${STACK_AT + 8}]
  jmp ${XEN_CS}:high
high:
  mov eax, ${XEN_DS}
  mov ds, eax
  mov es, eax
  mov ss, eax
  mov esp, ${STACK_END}
  xor eax, eax
  mov fs, eax
  mov gs, eax
  mov eax, ${TSS_SELECTOR}
  ltr ax
idle:
  hostcall ${HOSTCALL.idle}
  jmp idle
`;

/** The text page: code, and the addresses of its labels. */
export function assembleStubs(idleL3: number) {
  const source = [
    ...vectors.map(vectorStub), ENTRY, EXIT, boot(idleL3),
  ].join('\n');
  return assembleProgram(source, { origin: TEXT_AT });
}

const gateDpl = (n: number): number =>
  n === HYPERCALL_VECTOR ? 1 : n === 3 || n === 4 ? 3 : 0;

/** The IDT: two words for each of 256 vectors. */
export function idtWords(
  symbols: ReadonlyMap<string, number>,
): Uint32Array {
  const words = new Uint32Array(512);
  for (const n of vectors) {
    const at = symbols.get(`vector_${n}`)!;
    words[n * 2] = XEN_CS << 16 | at & 0xffff;
    words[n * 2 + 1] = at & 0xffff_0000 | 0x8e00 | gateDpl(n) << 13;
  }
  return words;
}

/** Operands of LGDT and LIDT at boot, for the bottom of the stack. */
export const pseudoDescriptors: readonly [number, number][] = [
  [0xffff, GDT_PAGE_AT - 0xe000], [0x7ff, IDT_AT],
];

/** Xen's page of every GDT, from selector 0xe000. */
export const gdtWords = (tss: number): readonly number[] => [
  0, 0,
  0x0000_ffff, 0x00cf_9a00, // e008 ring 0 code, 4 GiB
  0x0000_ffff, 0x00cf_9200, // e010 ring 0 data
  0x0000_67ff, 0x00cf_ba00, // e019 ring 1 code, to 0xf680_0000
  0x0000_67ff, 0x00cf_b200, // e021 ring 1 data
  0x0000_67ff, 0x00cf_fa00, // e02b ring 3 code
  0x0000_67ff, 0x00cf_f200, // e033 ring 3 data
  0, 0,
  (tss & 0xffff) << 16 | 0x67, // e040 TSS
  tss & 0xff00_0000 | tss >>> 16 & 0xff | 0x8900,
  0, 0, // e048 LDT, written at each switch
];
