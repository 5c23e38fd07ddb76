// Entries to the small Unix's kernel. All leave the same frame on the stack.
        .text

        .macro  gate n, code
entry\n:
        .if     !\code
        push    $0
        .endif
        push    $\n
        jmp     common
        .endm

        .irp    n, 0,1,2,3,4,5,6,7,9,15,16,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        gate    \n, 0
        .endr
        .irp    n, 8,10,11,12,13,14,17
        gate    \n, 1
        .endr

common:
        pusha
        push    %ds
        push    %es
        mov     $0x10, %eax
        mov     %eax, %ds
        mov     %eax, %es
        push    %esp
        call    trap
        add     $4, %esp
        jmp     trap_return

        .globl  system_call_entry
system_call_entry:
        push    $0
        push    $0x80
        pusha
        push    %ds
        push    %es
        mov     $0x10, %eax
        mov     %eax, %ds
        mov     %eax, %es
        push    %esp
        call    system_call_trap
        add     $4, %esp
        .globl  trap_return
trap_return:
        pop     %es
        pop     %ds
        popa
        add     $8, %esp
        iret

// change_stack(u32 *save, u32 load)
        .globl  change_stack
change_stack:
        mov     4(%esp), %eax
        mov     8(%esp), %edx
        push    %ebp
        push    %ebx
        push    %esi
        push    %edi
        mov     %esp, (%eax)
        mov     %edx, %esp
        pop     %edi
        pop     %esi
        pop     %ebx
        pop     %ebp
        ret

// load_segments(const struct pointer *gdt, const struct pointer *idt)
        .globl  load_segments
load_segments:
        mov     4(%esp), %eax
        lgdt    (%eax)
        mov     8(%esp), %eax
        lidt    (%eax)
        ljmp    $0x08, $1f
1:      mov     $0x10, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %fs
        mov     %eax, %gs
        mov     %eax, %ss
        mov     $0x28, %eax
        ltr     %ax
        ret

        .section .rodata
        .globl  trap_entries
        .align  4
trap_entries:
        .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        .long   entry\n
        .endr

        .section .note.GNU-stack, "", @progbits
