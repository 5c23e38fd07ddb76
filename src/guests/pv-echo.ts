const start = `
start:
  mov ecx, [esi + 52]            ; start_info.console.mfn
  mov ebp, [ecx*4 + 0xf5800000]  ; its frame number here
  shl ebp, 12                    ; its address here
  mov eax, [esi + 56]            ; start_info.console.evtchn
  mov [port], eax
  xor edi, edi                   ; the line so far: no bytes
  mov esi, banner
print:
  mov al, [esi]
  inc esi
  test al, al
  jz next
  call put
  jmp print
`;

const read = `
next:
  mov ecx, [ebp + 3072]          ; in_cons: ours
  cmp ecx, [ebp + 3076]          ; in_prod: dom0's
  jne take
  xor ebx, ebx                   ; yield
  mov eax, 29                    ; sched_op
  int 0x82
  jmp next
take:
  mov edx, ecx
  and edx, 1023
  mov al, [ebp + edx]
  inc ecx
  mov [ebp + 3072], ecx
`;

const line = `
  cmp al, 13                     ; a terminal's Enter
  je whole
  cmp al, 10                     ; a file's end of line
  je whole
  shl edi, 8
  movzx eax, al
  or edi, eax
  jmp echo
whole:
  cmp edi, 'q'
  je bye
  xor edi, edi
echo:
  call put
  jmp next
`;

const write = `
put:
  mov ecx, [ebp + 3084]          ; out_prod: ours
  mov edx, ecx
  sub edx, [ebp + 3080]          ; out_cons: dom0's
  cmp edx, 2048
  jae full
  mov edx, ecx
  and edx, 2047
  mov [ebp + edx + 1024], al
  inc ecx
  mov [ebp + 3084], ecx
  mov eax, 32                    ; event_channel_op
  mov ebx, 4                     ; send
  mov ecx, port
  int 0x82
  ret
`;

const rest = `
full:
  push eax
  mov eax, 29
  xor ebx, ebx
  int 0x82
  pop eax
  jmp put
bye:
  mov eax, 29
  mov ebx, 2                     ; shutdown
  mov ecx, reason
  int 0x82
banner: .ascii "Type, and I repeat. The line q ends.\\r\\n\\0"
  .align 4
port: .long 0
reason: .long 0                  ; power off
`;

/** Echoes its console until a line is only q; then powers off. */
export const echoSource = start + read + line + write + rest;
