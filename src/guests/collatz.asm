; who below 100 has the longest way down to 1? Halve what is even;
; of what is odd take three times as much and one
        mov edi, 1
        mov ebp, 0
number: mov eax, edi
        mov ecx, 0
step:   test al, 1
        jz even
        lea eax, [eax+eax*2+1]
        jmp next
even:   shr eax, 1
next:   inc ecx
        cmp eax, 1
        jne step
        cmp ecx, ebp
        jbe less
        mov ebp, ecx
        mov esi, edi
less:   inc edi
        cmp edi, 100
        jb number
        hlt
