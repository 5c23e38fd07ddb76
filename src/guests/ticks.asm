; Five ticks of the timer, a hundredth of a second apart.
  mov esp, 0x8000
  mov eax, tick            ; the gate of vector 0x20
  mov WORD PTR [0x2100], ax
  mov WORD PTR [0x2102], 0x10
  mov WORD PTR [0x2104], 0x8e00
  shr eax, 16
  mov WORD PTR [0x2106], ax
  lidt [table]
  mov al, 0x11
  out 0x20, al
  mov al, 0x20
  out 0x21, al
  mov al, 4
  out 0x21, al
  mov al, 1
  out 0x21, al
  mov al, 0xfe
  out 0x21, al
  mov al, 0x34
  out 0x43, al
  mov al, 0x9c
  out 0x40, al
  mov al, 0x2e
  out 0x40, al
  sti
sleep:
  hlt
  cmp ecx, 5
  jne sleep
  cli
  hlt
tick:
  mov dx, 0x3f8
  mov al, '.'
  out dx, al
  inc ecx
  mov al, 0x20
  out 0x20, al
  iret
table:
  .word 0x7ff
  .long 0x2000
