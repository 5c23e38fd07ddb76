; A division by zero that nobody hears of, until somebody waits.
        fninit
        push 0x37b
        fldcw WORD PTR [esp]
        fld1
        fldz
        fdivp st(1),st
        fnstsw WORD PTR [esp]
        pop eax
        mov ebx, 1
        fwait
        mov ebx, 2
        hlt
