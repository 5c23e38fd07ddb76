; somebody else's memory
        mov dword ptr [0xfff0], 0x41414141
        mov eax, [0xfff0]
        hlt
