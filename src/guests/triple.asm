; an undefined opcode, and no stack to handle it on
        lgdt [gdtr]
        lidt [idtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 0x08:inside
inside: mov eax, 0x10
        mov ss, eax
        mov eax, 0x28
        ltr ax
        push 0x23
        push 0x9000
        push 0x1b
        push user
        retf
user:   .byte 0x0f, 0x0b
stop:   hlt

gdt:    .long 0, 0
        .long 0x0000ffff, 0x00cf9a00, 0x0000ffff, 0x00cf9200
        .long 0x0000ffff, 0x00cffa00, 0x0000ffff, 0x00cff200
        .word 0x67, tss, 0x8900, 0
gdtr:   .word 0x2f
        .long gdt
tss:    .long 0, 0x8000, 0     ; SS of ring 0 is null
        .fill 92
idtr:   .word 0x7f
        .long idt
idt:    .fill 48
        .word stop, 8, 0x8e00, 0    ; 6
        .fill 8
        .word stop, 8, 0x8e00, 0    ; 8
        .fill 8
        .word stop, 8, 0x8e00, 0    ; 10
