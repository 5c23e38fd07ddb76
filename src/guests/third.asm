; A third, as an 80-bit register has it and as a double.
        fld1
        push 3
        fild DWORD PTR [esp]
        fdivp st(1),st
        fnstsw ax
        movzx ecx, ax
        fld st(0)
        sub esp, 32
        fstp TBYTE PTR [esp]
        fstp QWORD PTR [esp+16]
        mov eax, [esp]
        mov edx, [esp+4]
        movzx ebx, WORD PTR [esp+8]
        mov esi, [esp+16]
        mov edi, [esp+20]
        hlt
