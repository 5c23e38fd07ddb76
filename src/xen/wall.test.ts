import { expect, test } from 'vitest';
import { addGuest, openLab, runGuest, type Lab } from
  '../guests/lab.ts';
import { attackSource, withDescriptor } from
  '../guests/pv-attack.ts';
import { helloSource } from '../guests/pv-hello.ts';
import { audit } from './campaign/audit.ts';

/** A sum over the hypervisor's text and descriptor tables. */
function fingerprint({ xen }: Lab): number {
  const { text, idt, gdtPage } = xen.root.arch;
  let sum = 0;
  for (const mfn of [text, idt, gdtPage]) {
    for (const byte of xen.phys.readBytes(mfn * 4096, 4096)) {
      sum = (Math.imul(sum, 31) + byte) | 0;
    }
  }
  return sum;
}

const outcomes = ['through', 'refused', '', 'crashed'];

/** How an attack ends; the machine must survive it. */
function outcome(body: string): string {
  const lab = openLab(20);
  runGuest(lab, addGuest(lab, helloSource).domid);
  const before = fingerprint(lab);
  const { domid } = addGuest(lab, attackSource(body));
  runGuest(lab, domid, 2e7);
  const how = lab.xen.root.domains.get(domid)!.shutdown;
  audit(lab.xen);
  expect(fingerprint(lab)).toBe(before);
  const next = addGuest(lab, helloSource);
  runGuest(lab, next.domid);
  expect(lab.log.at(-1)).toMatch(/hello from ring 1/);
  return outcomes[how] ?? `still running: ${how}`;
}

const readAt = (offset: number) => `
  mov eax, 9
  mov ds, eax
  mov eax, [${offset}]
  xor eax, eax
  mov ecx, 0xe021
  mov ds, ecx`;

test.each<[string, number, number, number, string]>([
  ['4 GiB, data', 0xffff, 0x00cf_b200, 0xf6c0_0000, 'crashed'],
  ['4 GiB, last byte', 0xffff, 0x00cf_b200, 0xffff_fffc, 'crashed'],
  ['4 GiB, the M2P is free to read', 0xffff, 0x00cf_b200,
    0xf580_0000, 'through'],
  ['base below the hole', 0xffff, 0xf0cf_b200, 0x06c0_0000, 'crashed'],
  ['base in the hole', 0x0000_ffff, 0xf6cf_b2c0, 0, 'refused'],
  ['wrapping base', 0xffff, 0xfff0_b200 | 0xcf_0000, 0xf6d0_0000,
    'refused'],
  ['expand-down over the hole', 0x6bff, 0x00cf_b600, 0xf6c0_0000,
    'crashed'],
  ['expand-down, all but a page', 0, 0x00cf_b600, 0xf6c0_0000,
    'crashed'],
  ['expand-down, bytes', 0xffff, 0x004f_b600, 0xf6c0_0000, 'refused'],
  ['expand-down with a base', 0x6bff, 0x10cf_b600, 0xe6c0_0000,
    'crashed'],
])('segment: %s', (_name, low, high, offset, expected) => {
  expect(outcome(withDescriptor(low, high, readAt(offset))))
    .toBe(expected);
});

const system = (type: number, dpl = 1) =>
  0x8000 | dpl << 13 | type << 8;

test.each<[string, number, number, string]>([
  ['a call gate to ring 0', 0xe008_0000, system(12), 'refused'],
  ['a call gate to the TSS', 0xe040_0000, system(12), 'refused'],
  ['a 16-bit call gate', 0xe008_0000, system(4), 'refused'],
  ['an available TSS', 0x67, system(9), 'refused'],
  ['a busy TSS', 0x67, system(11), 'refused'],
  ['a 16-bit TSS', 0x67, system(1), 'refused'],
  ['an LDT', 0xffff, system(2), 'refused'],
  ['a task gate', 0xe040_0000, system(5), 'refused'],
  ['an interrupt gate', 0xe008_0000, system(14), 'refused'],
  ['a trap gate', 0xe008_0000, system(15), 'refused'],
])('descriptor: %s', (_name, low, high, expected) => {
  expect(outcome(withDescriptor(low, high, 'xor eax, eax')))
    .toBe(expected);
});

const jumpAndLook = `
  jmp 0x8:landed
landed:
  mov eax, cs
  and eax, 3
  dec eax`;

test.each<[string, string, string]>([
  ['a code segment of ring 0',
    withDescriptor(0xffff, 0x00cf_9a00, jumpAndLook), 'through'],
  ['a conforming one',
    withDescriptor(0xffff, 0x00cf_9e00, jumpAndLook), 'through'],
  ['a jump to the hypervisor\'s selector',
    'jmp 0xe008:0xf6c00000', 'crashed'],
  ['a jump into the hole', 'mov eax, 0xf6c00000\njmp eax', 'crashed'],
  ['a stack in the hole',
    'mov esp, 0xf6c06000\npush eax\nxor eax, eax', 'crashed'],
  ['a write to the M2P',
    'mov DWORD PTR [0xf5800000], 0\nxor eax, eax', 'crashed'],
  ['a write to the hypervisor',
    'mov DWORD PTR [0xf6c00000], 0\nxor eax, eax', 'crashed'],
  ['int of a hardware vector', 'int 0x0e\nxor eax, eax', 'crashed'],
  ['hostcall in ring 1', '.byte 0x0f, 0x04, 1\nxor eax, eax',
    'crashed'],
  ['loading CR3', 'xor eax, eax\nmov cr3, eax', 'crashed'],
  ['loading the GDT', 'lgdt [letter]\nxor eax, eax', 'crashed'],
  ['loading the IDT', 'lidt [letter]\nxor eax, eax', 'crashed'],
  ['loading a task', 'mov eax, 0xe040\nltr ax\nxor eax, eax',
    'crashed'],
  ['callbacks into ring 0', `
    mov ebx, 0xe008
    mov ecx, 0xf6c00000
    mov edx, 0xe008
    mov esi, ecx
    mov eax, 4
    int 0x82`, 'refused'],
  ['a result into the hypervisor', `
    mov ebx, 1
    mov ecx, 0xf6c00000
    mov eax, 17
    int 0x82`, 'refused'],
  ['returning to ring 0', `
    push 0x200
    push 0xe008
    push verdict
    push 0
    mov eax, 23
    int 0x82`, 'crashed'],
])('code: %s', (_name, body, expected) => {
  expect(outcome(body)).toBe(expected);
});

const tableAt = (n: number, then: string) =>
  `mov ecx, ${n}\ncall table_of\n${then}`;
const slot = (n: number, index: number) => tableAt(n,
  `shl eax, 12\nlea ebx, [eax + ${index * 8}]`);
const mapTable = (n: number, flags: number) => tableAt(n,
  `mov ebx, spare\nmov edi, ${flags}\ncall remap`);

test.each<[string, string, string]>([
  ['a last-level table, writable', mapTable(5, 3), 'refused'],
  ['the top table, writable', mapTable(0, 3), 'refused'],
  ['a table, read-only', mapTable(5, 1), 'through'],
  ['then made writable by its entry', `${mapTable(5, 1)}
    ${slot(5, 0)}
    mov ecx, spare
    shr ecx, 9
    and ecx, 0xff8
    add ebx, ecx
    push ebx
    ${tableAt(5, 'shl eax, 12\nor eax, 3')}
    pop ebx
    call update`, 'refused'],
  ['a writable page as a table', `mov ecx, empty\ncall mfn_of
    xor edx, edx\ncall pin`, 'refused'],
  ['the shared page as a table', `mov eax, [letter]
    mov eax, [eax + 36]\nshr eax, 12\nxor edx, edx\ncall pin`,
    'refused'],
  ['a large page', `${slot(1, 10)}\nmov eax, 0xe3\ncall update`,
    'refused'],
  ['the hypervisor\'s slots', `${slot(4, 0x1b6)}\nxor eax, eax
    call update`, 'refused'],
  ['recursive and writable', `${slot(1, 10)}\npush ebx
    ${tableAt(1, 'shl eax, 12\nor eax, 3')}\npop ebx\ncall update`,
    'refused'],
  ['recursive, to read', `${slot(1, 10)}\npush ebx
    ${tableAt(1, 'shl eax, 12\nor eax, 1')}\npop ebx\ncall update`,
    'through'],
  ['and then writable after all', `${slot(1, 10)}\npush ebx
    ${tableAt(1, 'shl eax, 12\nor eax, 1')}\npop ebx\npush ebx
    call update
    ${tableAt(1, 'shl eax, 12\nor eax, 3')}\npop ebx\ncall update`,
    'refused'],
  ['the last table of level 2 in two places', `${slot(0, 2)}
    push ebx\n${tableAt(4, 'shl eax, 12\nor eax, 1')}
    pop ebx\ncall update`, 'refused'],
  ['without a last table', `${slot(0, 3)}\nxor eax, eax
    call update`, 'refused'],
  ['the live tables released', tableAt(0, `mov edx, 4\ncall pin
    mov ecx, 0\ncall table_of\nmov ebx, spare\nmov edi, 3
    call remap`), 'refused'],
  ['a store to a table', `mov eax, [letter]\nmov eax, [eax + 60]
    mov DWORD PTR [eax], 0\nxor eax, eax`, 'crashed'],
])('tables: %s', (_name, body, expected) => {
  expect(outcome(body)).toBe(expected);
});

test('trying all frames gives one\'s own', () => {
  const tables = 7;
  const lab = openLab(16);
  const { domid, plan } = addGuest(lab, attackSource(`
    xor ebp, ebp
  next:
    mov eax, ebp
    mov ebx, spare
    mov edi, 3
    call remap
    cmp eax, 1
    adc DWORD PTR [pointer], 0
    inc ebp
    cmp ebp, 4096
    jb next
    mov eax, [pointer]
    sub eax, ${1024 - tables + 2}`));
  expect(plan.tables.length).toBe(tables);
  runGuest(lab, domid, 2e7);
  audit(lab.xen);
  expect(lab.xen.root.domains.get(domid)!.shutdown).toBe(0);
});
