; how many primes are below 1000?
size    = 1000
table   = 0x4000
        mov eax, 0
        mov ebx, 2
next:   cmp byte ptr [table+ebx], 0
        jne skip
        inc eax
        mov ecx, ebx
mark:   add ecx, ebx
        cmp ecx, size
        jae skip
        mov byte ptr [table+ecx], 1
        jmp mark
skip:   inc ebx
        cmp ebx, size
        jb next
        hlt
