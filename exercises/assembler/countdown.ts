/** Says 9876543210 and stops. */
export const source = `
start:  mov eax, '0'
        hlt
`;
