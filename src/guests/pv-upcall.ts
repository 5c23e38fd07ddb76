const prepare = `
start:
  mov [letter], esi
  mov eax, 0xe033          ; data selectors that ring 3 may keep
  mov ds, eax
  mov es, eax
  mov ebx, shared          ; update_va_mapping: the shared page
  mov ecx, [esi + 36]      ; start_info.shared_info
  or ecx, 3                ; present, writable
  xor edx, edx
  mov esi, 2               ; INVLPG
  mov eax, 14
  int 0x82
  mov ebx, 0xe019          ; set_callbacks
  mov ecx, upcall
  mov edx, 0xe019
  mov esi, failsafe
  mov eax, 4
  int 0x82
  mov ebx, 0xe021          ; stack_switch: for upcalls in ring 3
  mov ecx, kernel_stack
  mov eax, 3
  int 0x82
  mov ebx, 7               ; event_channel_op: bind_ipi
  mov ecx, ipi
  mov eax, 32
  int 0x82
  mov ebx, 1               ; bind_virq: the timer
  mov ecx, timer
  mov eax, 32
  int 0x82
  mov BYTE PTR [shared + 1], 0
`;

const acts = `
act1:
  mov ebx, 4               ; event_channel_op: send
  mov ecx, ipi + 4
  mov eax, 32
  int 0x82
  cmp DWORD PTR [inner], 5
  jb act1
  mov ebx, 6               ; vcpu_op: set_periodic_timer
  xor ecx, ecx
  mov edx, period
  mov eax, 24
  int 0x82
act2:
  mov ebx, 1               ; sched_op: block
  mov eax, 29
  int 0x82
  cmp DWORD PTR [inner], 8
  jb act2
`;

const act3 = `
  mov ebx, user            ; a page that ring 3 may use
  mov ecx, user
  shr ecx, 12
  mov edi, [letter]
  mov edi, [edi + 68]      ; start_info.mfn_list
  mov ecx, [edi + ecx * 4]
  mov edx, ecx
  shr edx, 20
  shl ecx, 12
  or ecx, 5                ; present, user
  mov esi, 2
  mov eax, 14
  int 0x82
  push 0xe033              ; ss, esp, eflags, cs, eip, eax: iret
  push 0
  push 0x200
  push 0xe02b
  push user
  push 0
  mov eax, 23
  int 0x82
`;

const callback = `
upcall:
  pushad
  mov BYTE PTR [shared], 0
  xor eax, eax
  xchg [shared + 4], eax   ; the selector; one word is all we use
  xor eax, eax
  xchg [shared + 2048], eax
  test BYTE PTR [esp + 36], 2
  jnz from_user
  inc DWORD PTR [inner]
back:
  popad
  push eax
  mov eax, 23              ; iret
  int 0x82
from_user:
  inc DWORD PTR [outer]
  cmp DWORD PTR [outer], 3
  jb back
  mov ecx, text_end - text ; console_io: write
  mov edx, text
  xor ebx, ebx
  mov eax, 18
  int 0x82
failsafe:
  mov ebx, 2               ; sched_op: shutdown
  mov ecx, reason
  mov eax, 29
  int 0x82
`;

const data = `
text: .ascii "interrupted in both rings\\n"
text_end:
.align 4
reason: .long 0
letter: .long 0
inner: .long 0
outer: .long 0
ipi: .long 0, 0
timer: .long 0, 0, 0
period: .long 2000000, 0
.align 4096
  .space 1024
kernel_stack:
.align 4096
shared: .space 4096
user:
  jmp user
.align 4096
`;

/** Interrupted five times in ring 1, three times asleep, and three
 * times in ring 3; then powers off. */
export const upcallSource = prepare + acts + act3 + callback + data;
