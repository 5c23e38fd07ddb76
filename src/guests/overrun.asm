; reads a name, works for a while, then calls whom it shall tell
        mov esp, 0x7000
        mov esi, name
next:   in al, 0x64
        test al, 1
        jz next
        in al, 0x60
        test al, 0x80           ; a key was let go
        jnz next
        mov [esi], al
        inc esi
        cmp al, 0x1c            ; the enter key
        jne next
        mov ecx, 500000
work:   dec ecx
        jnz work
        call dword ptr [told]
        cli
        hlt
good:   mov al, '!'
        out 0xe9, al
        ret
        .align 256
name:   .long 0, 0
told:   .long good
