; fib(47), with no instruction that touches a flag
        mov ecx, 47
        mov eax, 0
        mov ebx, 1
again:  call step
        loop again
        hlt
step:   lea edx, [eax+ebx]
        mov eax, ebx
        mov ebx, edx
        ret
