/** Says 9876543210 and stops. */
export const source = `
start:  mov eax, '9'
next:   out 0xe9, al
        dec eax
        cmp al, '0' - 1
        jne next
        hlt
`;
