/** Says hello with the number of its frames, and powers off. */
export const helloSource = `
start:
  mov ebx, [esi + 32]      ; start_info.nr_pages
  mov edi, digits_end
digit:                     ; write it backwards, in hexadecimal
  mov eax, ebx
  and eax, 15
  mov al, [hex + eax]
  dec edi
  mov [edi], al
  shr ebx, 4
  jnz digit
  mov eax, 18              ; console_io
  xor ebx, ebx             ; write
  mov ecx, text_end - text
  mov edx, text
  int 0x82
  mov eax, 29              ; sched_op
  mov ebx, 2               ; shutdown
  mov ecx, reason
  int 0x82
hex: .ascii "0123456789abcdef"
text: .ascii "hello from ring 1, frames: 0x0000"
digits_end: .ascii "\\n"
text_end:
reason: .long 0            ; power off
`;
