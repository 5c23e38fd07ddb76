/** A table of segments for rings 0 and 3 and a task; gates for the
 * processor's exceptions, all of which lead to `fault`, and one for
 * programs, which leads to `call`. */
const TABLES = `
gdt:    .long 0, 0
        .long 0x0000ffff, 0x00cf9a00, 0x0000ffff, 0x00cf9200
        .long 0x0000ffff, 0x00cffa00, 0x0000ffff, 0x00cff200
        .word 0x67, tss, 0x8900, 0      ; 28 task state segment
        .word 0x67, tss2, 0x8900, 0     ; 30 another one
gdtr:   .word 0x37
        .long gdt
tss:    .long 0, 0x7000, 0x10
        .fill 92
tss2:   .fill 28
        .long 0, other, 2               ; CR3, EIP, EFLAGS
        .long 0, 10, 0, 0, 0x6000, 0, 0, 0
        .long 0x10, 8, 0x10, 0x10, 0, 0
        .long 0, 0
`;

const gate = (label: string, type: number): string =>
  `.word ${label}, 8, ${type}, 0\n`;

const GATES = `
idtr:   .word 0x407
        .long idt
idt:    ${gate('skip', 0x8e00).repeat(13)}
        ${gate('fault', 0x8e00).repeat(2)}
        .fill ${8 * 113}
        ${gate('call', 0xee00)}
`;

const ENTER = `
        mov esp, 0x7000
        lgdt [gdtr]
        lidt [idtr]
        jmp 0x08:inside
inside: mov eax, 0x10
        mov ss, eax
        mov ds, eax
        mov es, eax
        mov eax, 0x28
        ltr ax
`;

const USER = `
        push 0x23              ; as an interrupt would leave it
        push 0x6000
        push 0x2
        push 0x1b
        push user
        iretd
`;

const HANDLERS = `
fault:  inc edi                ; the kernel gives up
        cli
        hlt
skip:   inc edi
        add dword ptr [esp], 2
        iretd
call:   add eax, 22
        iretd
other:  add ebx, ecx
        inc ecx
        iretd
        jmp other
`;

/** A program with a kernel around it; `user` runs in ring 3. */
export const withKernel = (inner: string, user = ''): string =>
  `${ENTER}${inner}${user === '' ? '' : USER}${user}
        cli
        hlt
${HANDLERS}${TABLES}${GATES}`;

export const PLAIN = {
  decoding: `
        mov ebx, 0x9000
        mov esi, 1
        mov eax, ebx           ; two bytes
        mov al, 7              ; so are these
longest:
        mov dword ptr es:[ebx+esi*4+0x12345678], 0x9abcdef0
        hlt`,
  disassembling: `
        mov edx, 0
        jmp hidden             ; over one byte
looks:  .byte 0xb8             ; as if: mov eax, ...
hidden: inc edx                ; what a linear sweep does not see
        inc edx
        inc edx
        inc edx
        cmp edx, 8
        jb looks + 1
        hlt`,
  assembler: `
        xor eax, eax
        jmp near               ; two bytes are enough
near:   add eax, 1             ; three: the 1 is one byte
        add eax, 1000          ; five: 1000 is four
        jmp far_away           ; and here two are not
        .fill 200
far_away:
        hlt`,
  executing: `
        mov esp, 0x7000
        mov eax, 5
        push eax
twice:  push esp               ; the old one, or the new one?
        pop ebx
        pop dword ptr [esp+8]  ; and which here?
        hlt`,
  flags: `
        mov eax, 0x7ffffffd
again:  add eax, 1
        jno again              ; until the sign is wrong
        sub eax, 1
        mov ebx, 0
        sub ebx, 1             ; a borrow
        hlt`,
  numbers: `
        mov esp, 0x7000
        fninit
        fld1
        push 3
        fild dword ptr [esp]
        fdivp st(1),st         ; a third, as far as 64 bits go
        fnstsw ax              ; and it was rounded
        fstp qword ptr [esp]
        mov eax, 0x200         ; CR4.OSFXSR: SSE may be used
        mov cr4, eax
        movsd xmm0, qword ptr [esp]
        mulsd xmm0, xmm0       ; a ninth, and MXCSR says it too
        hlt`,
  recording: `
        mov ecx, 2000          ; long enough for a handler
again:  lea eax, [eax+ecx*2+1]
        loop again
        hlt`,
  interpreter: `
        mov ecx, 40
again:  add eax, 1
        cmp ecx, 20
        jne next
        mov byte ptr [again+2], 5  ; the loop changes itself
next:   loop again
        hlt`,
  regions: `
        mov edx, 200
outer:  mov ecx, 500           ; hot: three blocks, one region
again:  test cl, 1
        jz even
        add eax, ecx
even:   dec ecx
        jnz again
        dec edx
        jnz outer
        hlt`,
  'fast-memory': `
        mov edi, 0x10000
again:  mov eax, [edi]         ; a page after the other:
        inc dword ptr [edi]    ; the first probe of each misses
        add edi, 0x400
        cmp edi, 0x40000
        jb again
        hlt`,
  replay: `
        mov esp, 0x7000
        mov esi, name
next:   in al, 0x64
        test al, 1
        jz next
        in al, 0x60
        test al, 0x80          ; a key was let go
        jnz next
        mov [esi], al          ; is there still room?
        inc esi
        cmp al, 0x1c           ; the enter key
        jne next
        mov ecx, 100
work:   dec ecx
        jnz work
        call dword ptr [told]
        cli
        hlt
good:   ret
        .align 256
name:   .long 0, 0
told:   .long good`,
} as const;

/** Sends back what comes in; each byte is an `int 0x24`. */
export const LETTERS = `
  mov esp, 0x8000
  mov eax, letter          ; the gate of vector 0x24
  mov word ptr [0x2120], ax
  mov word ptr [0x2122], 0x10
  mov word ptr [0x2124], 0x8e00
  lidt [table]
next:
  mov dx, 0x3fd            ; the line's status
  in al, dx
  test al, 1
  jz next                  ; nobody has said anything
  mov dx, 0x3f8
  in al, dx
  int 0x24
  jmp next
letter:
  inc ecx                  ; so many, in this future
  out dx, al
  iret
table: .word 0x7ff
  .long 0x2000`;

export const DEVICES = `
  mov esp, 0x8000
  mov eax, tick            ; the gate of vector 0x20
  mov word ptr [0x2100], ax
  mov word ptr [0x2102], 0x10
  mov word ptr [0x2104], 0x8e00
  lidt [table]
  mov al, 0x11             ; both controllers: begin
  out 0x20, al
  mov al, 0x20             ; vectors from 0x20
  out 0x21, al
  mov al, 4
  out 0x21, al
  mov al, 1
  out 0x21, al
  mov al, 0xfe             ; the timer alone
  out 0x21, al
  mov al, 0x34             ; counter 0, mode 2
  out 0x43, al
  mov al, 0x9c
  out 0x40, al
  mov al, 0x2e
  out 0x40, al
  sti
sleep: hlt
  cmp ecx, 5
  jne sleep
  cli
  hlt
tick: mov dx, 0x3f8
  mov al, '.'
  out dx, al
  inc ecx
  mov al, 0x20
  out 0x20, al
  iret
table: .word 0x7ff
  .long 0x2000`;

/** Maps what is missing when it is missed. */
export const PAGING = `
        mov esp, 0x7000
        lidt [idtr]
        mov dword ptr [0x20000], 0x21007   ; the directory's first
        mov ecx, 64                        ; 64 pages as they are
fill:   mov eax, ecx
        dec eax
        mov ebx, eax
        shl eax, 12
        or eax, 7
        mov [0x21000+ebx*4], eax
        loop fill
        mov eax, 0x20000
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax                       ; from here on: paging
        mov eax, 0x40000                   ; the first page without
touch:  mov dword ptr [eax], 1
        add eax, 0x1000
        cmp eax, 0x43000
        jb touch
        cli
        hlt
absent: push eax
        push ebx
        mov eax, cr2
        shr eax, 12
        mov ebx, eax
        shl eax, 12
        or eax, 7
        mov [0x21000+ebx*4], eax
        pop ebx
        pop eax
        add esp, 4
        iretd
idtr:   .word 0x77
        .long idt
idt:    .fill 112
        .word absent, 0x10, 0x8e00, 0      ; 14: page fault
`;
