; a kernel of three handlers, and a program in ring 3
        lgdt [gdtr]
        lidt [idtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 0x08:inside
inside: mov eax, 0x10
        mov ss, eax
        mov ds, eax
        mov eax, 0x28
        ltr ax
        push 0x23              ; a frame as an interrupt
        push 0x9000            ; from ring 3 would leave it
        push 0x2
        push 0x1b
        push user
        iretd

user:   mov eax, 20
        int 0x80               ; asks the kernel to add 22
        hlt                    ; not in ring 3
        xor ecx, ecx
        div ecx                ; nor this, anywhere
        .byte 0x0f, 0x0b       ; ud2: the kernel gives up

call:   add eax, 22
        iretd
skip1:  add dword ptr [esp+4], 1    ; above the error code: EIP
        add esp, 4
        iretd
skip2:  add dword ptr [esp], 2
        iretd
stop:   hlt

gdt:    .long 0, 0

        .long 0x0000ffff, 0x00cf9a00, 0x0000ffff, 0x00cf9200
        .long 0x0000ffff, 0x00cffa00, 0x0000ffff, 0x00cff200
        .word 0x67, tss, 0x8900, 0
gdtr:   .word 0x2f
        .long gdt
tss:    .long 0, 0x8000, 0x10
        .fill 92
idtr:   .word 0x407
        .long idt
idt:    .word skip2, 8, 0x8e00, 0   ; 0: divide error
        .fill 40
        .word stop, 8, 0x8e00, 0    ; 6: undefined opcode
        .fill 48
        .word skip1, 8, 0x8e00, 0   ; 13: general protection
        .fill 912
        .word call, 8, 0xee00, 0    ; 128: DPL 3, for all
