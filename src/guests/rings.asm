; from real-address mode to ring 3, and in again through a gate
        lgdt [table]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 0x08:inside
inside: mov eax, 0x10
        mov ss, eax
        mov esp, 0x8000
        mov eax, 0x28
        ltr ax
        push 0x23              ; SS and ESP for ring 3
        push 0x9000
        push 0x1b              ; CS and EIP
        push user
        retf
user:   push 21                ; a parameter
        call 0x33:0            ; the gate ignores the offset
        mov ebx, 0x10          ; the kernel's data segment
        mov ds, ebx
        hlt
double: mov eax, [esp+8]       ; above EIP and CS
        add eax, eax
        retf 4

gdt:    .long 0, 0
        .long 0x0000ffff, 0x00cf9a00    ; 08 code, ring 0
        .long 0x0000ffff, 0x00cf9200    ; 10 data, ring 0
        .long 0x0000ffff, 0x00cffa00    ; 18 code, ring 3
        .long 0x0000ffff, 0x00cff200    ; 20 data, ring 3
        .word 0x67, tss, 0x8900, 0      ; 28 task state segment
        .word double, 0x08, 0xec01, 0   ; 30 call gate, 1 parameter
table:  .word 0x37
        .long gdt
tss:    .long 0, 0x8000, 0x10           ; link, ESP and SS of ring 0
        .fill 92
