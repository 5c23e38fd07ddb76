; two programs that the processor keeps apart
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 0x08:inside
inside: mov eax, 0x10
        mov ss, eax
        mov ds, eax
        mov eax, 0x18
        ltr ax
        mov ecx, 3
again:  call 0x20:0            ; the other task
        loop again
        hlt
other:  add ebx, ecx           ; its own EBX and ECX
        inc ecx
        iretd                  ; NT is set: back to the caller
        jmp other              ; where it will go on next time

gdt:    .long 0, 0
        .long 0x0000ffff, 0x00cf9a00, 0x0000ffff, 0x00cf9200
        .word 0x67, tss1, 0x8900, 0     ; 18
        .word 0x67, tss2, 0x8900, 0     ; 20
gdtr:   .word 0x27
        .long gdt
tss1:   .fill 104
tss2:   .fill 32
        .long other, 2                  ; EIP, EFLAGS
        .long 0, 10, 0, 0, 0x7000, 0, 0, 0
        .long 0x10, 8, 0x10, 0x10, 0, 0 ; ES CS SS DS FS GS
        .long 0, 0
