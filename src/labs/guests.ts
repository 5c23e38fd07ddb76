import { attackSource } from '../guests/pv-attack.ts';

const END = `
  mov eax, 29              ; sched_op
  mov ebx, 2               ; shutdown
  mov ecx, reason
  int 0x82
reason: .long 0
`;

/** Instructions that ring 1 may not execute. */
export const PRIVILEGED = `
start:
  mov eax, cr0             ; Xen says what the guest shall believe
  or eax, 8                ; TS
  mov cr0, eax             ; as if
  mov ecx, cr0
  clts
${END}`;

/** Maps a page table of its own: to write, and only to read. */
export const MAPPING = attackSource(`
  xor ecx, ecx
  call table_of            ; the frame of a boot page table
  mov [list], eax
  mov ebx, spare
  mov edi, 7               ; present, writable, user
  call remap
  mov eax, [list]
  mov ebx, spare
  mov edi, 5               ; and now read only
  call remap
`);

/** Lets domain 0 read a page. */
export const GRANTING = `
start:
  mov ebp, [esi + 68]      ; start_info.mfn_list
  mov eax, 20              ; grant_table_op
  mov ebx, 2               ; setup_table
  mov ecx, setup
  mov edx, 1
  int 0x82
  mov ecx, [list]          ; the table's machine frame
  mov edx, ecx
  shr edx, 20
  shl ecx, 12
  or ecx, 7
  mov ebx, table           ; shall be mapped here
  mov esi, 2
  mov eax, 14              ; update_va_mapping
  int 0x82
  mov eax, lent
  shr eax, 12
  mov eax, [ebp + eax * 4]
  mov [table + 8 * 8 + 4], eax   ; grant 8: this frame,
  mov word ptr [table + 8 * 8 + 2], 0  ; to domain 0,
permit:
  mov word ptr [table + 8 * 8], 5      ; to read
${END}
.align 4
setup: .long 0x7ff0, 1, 0, list
list: .long 0
.align 4096
table: .space 4096
lent: .ascii "for domain 0"
.align 4096
`;
