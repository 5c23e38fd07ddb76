; copies 1000 bytes: the program itself, and what is behind it
        cld
        mov esi, 0x1000
        mov edi, 0x5000
        mov ecx, 1000
        rep movsb
        hlt
