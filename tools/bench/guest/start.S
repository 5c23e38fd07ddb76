// A multiboot kernel's first bytes: EAX holds the loader's magic number, EBX
// the address of what it tells us.
        .section .multiboot, "a"
        .align  4
        .long   0x1badb002, 0, -0x1badb002

        .text
        .globl  start
start:
        cli
        mov     $stack_top, %esp
        xor     %ebp, %ebp
        push    %ebx
        push    %eax
        call    guest_main
1:      cli
        hlt
        jmp     1b

        .bss
        .align  16
        .skip   1 << 18
stack_top:

        .section .note.GNU-stack, "", @progbits
