import { expect, test } from 'vitest';
import { attempt, expected } from './privilege.kit.ts';

/** One test for each row `section | level | program | with | what`;
 * a line that begins with `+` goes on with the one before. */
function rows(title: string, text: string): void {
  const lines = text.replace(/\n +\+ /g, ' ').split('\n')
    .filter((line) => line.includes('|'));
  test.each(lines.map((line) => [line.trim()]))(
    `${title}: %s`, (line) => {
      const [, level = '', program = '', settings = '', what = ''] =
        line.split('|').map((cell) => cell.trim());
      expect(attempt(level, program, settings)).toBe(expected(what));
    });
}

rows('MOV and POP to DS, ES, FS, GS', `
  2B MOV  | 0 | mov eax,data0; mov ds,eax           | | ok
  2B MOV  | 3 | mov eax,data3+3; mov es,eax         | | ok
  2B MOV  | 3 | mov eax,data3; mov es,eax           | | ok
  2B MOV  | 0 | mov eax,data3; mov gs,eax           | | ok
  2B MOV  | 0 | mov eax,3; mov ds,eax               | | ok
  3A 5.4.1| 3 | xor eax,eax; mov ds,eax; mov al,[0] | | #GP(0)
  3A 5.4.1| 3 | mov fs:[0],al                       | | #GP(0)
  2B MOV  | 0 | mov eax,outside; mov ds,eax         | | #GP(outside)
  2B MOV | 0 | mov eax,outsideLocal; mov fs,eax | | #GP(outsideLocal)
  2B MOV  | 3 | mov eax,local+3; mov fs,eax         | | ok
  2B MOV  | 0 | mov eax,gate3; mov ds,eax           | | #GP(gate3)
  2B MOV  | 0 | mov eax,tss2; mov ds,eax            | | #GP(tss2)
  2B MOV | 0 | mov eax,executeOnly0; mov ds,eax | | #GP(executeOnly0)
  2B MOV  | 3 | mov eax,data0+3; mov ds,eax         | | #GP(data0)
  2B MOV  | 3 | mov eax,data0; mov ds,eax           | | #GP(data0)
  2B MOV  | 0 | mov eax,data0+3; mov ds,eax         | | #GP(data0)
  2B MOV  | 3 | mov eax,code0; mov ds,eax           | | #GP(code0)
  2B MOV  | 3 | mov eax,conforming0+3; mov ds,eax   | | ok
  2B MOV  | 0 | mov eax,absentData; mov ds,eax      | | #NP(absentData)
  2B MOV  | 3 | mov eax,absentData+3; mov ds,eax    | | #NP(absentData)
  2B POP  | 0 | push outside; pop ds                | | #GP(outside)
  2B POP  | 3 | push data0+3; pop es                | | #GP(data0)
  2B POP  | 3 | push data3+3; pop fs                | | ok
`);

rows('MOV and POP to SS; LDS, LSS', `
  2B MOV  | 0 | mov eax,data0; mov ss,eax      | | ok
  2B MOV  | 3 | mov eax,data3+3; mov ss,eax    | | ok
  2B MOV  | 0 | xor eax,eax; mov ss,eax        | | #GP(0)
  2B MOV  | 3 | mov eax,3; mov ss,eax          | | #GP(0)
  2B MOV  | 0 | mov eax,outside; mov ss,eax    | | #GP(outside)
  2B MOV  | 0 | mov eax,data0+3; mov ss,eax    | | #GP(data0)
  2B MOV  | 3 | mov eax,data3; mov ss,eax      | | #GP(data3)
  2B MOV  | 0 | mov eax,data3; mov ss,eax      | | #GP(data3)
  2B MOV  | 0 | mov eax,readOnly0; mov ss,eax  | | #GP(readOnly0)
  2B MOV  | 0 | mov eax,code0; mov ss,eax      | | #GP(code0)
  2B MOV  | 0 | mov eax,ldt; mov ss,eax        | | #GP(ldt)
  2B MOV  | 0 | mov eax,absentStack0; mov ss,eax | | #SS(absentStack0)
  2B POP  | 0 | push absentStack0; pop ss      | | #SS(absentStack0)
  2B POP  | 3 | push readOnly3+3; pop ss       | | #GP(readOnly3)
  2A LDS  | 3 | push data3+3; push 5; lds eax,[esp]  | | ok
  2A LDS  | 3 | push data0+3; push 5; lds eax,[esp]  | | #GP(data0)
  2A LDS  | 3 | push 3; push 5; les eax,[esp]        | | ok
  2A LDS | 0 | push absentData; push 5; lfs eax,[esp]
    + | | #NP(absentData)
  2A LSS  | 0 | push 0; push 5; lss esp,[esp]        | | #GP(0)
  2A LSS | 0 | push absentStack0; push 5; lss esp,[esp]
    + | | #SS(absentStack0)
  2A LDS  | v86 | .byte 0x66, 0xc5, 0x06, 0, 0       | | ok
`);

const small = 'mov eax,small3+3; mov ds,eax';
const down = 'mov eax,down3+3; mov ds,eax';
rows('limits and types', `
  3A 5.3 | 3 | ${small}; mov al,[0xfff]           | | ok
  3A 5.3 | 3 | ${small}; mov al,[0x1000]          | | #GP(0)
  3A 5.3 | 3 | ${small}; mov eax,[0xffc]          | | ok
  3A 5.3 | 3 | ${small}; mov eax,[0xffd]          | | #GP(0)
  3A 5.3 | 3 | ${small}; mov [0xfff],ax           | | #GP(0)
  3A 5.3 | 3 | ${small}; mov eax,[0xfffffffe]     | | #GP(0)
  3A 5.3 | 3 | mov eax,[0xfffffffe]               | | #GP(0)
  3A 5.3 | 3 | ${down}; mov al,[0x1000]           | | ok
  3A 5.3 | 3 | ${down}; mov al,[0xfff]            | | #GP(0)
  3A 5.3 | 3 | ${down}; mov eax,[0xffd]           | | #GP(0)
  3A 5.3 | 3 | mov eax,down16+3; mov ds,eax; mov al,[0xffff]  | | ok
  3A 5.3 | 3 | mov eax,down16+3; mov ds,eax; mov al,[0x10000] | | #GP(0)
  3A 5.5 | 3 | mov eax,readOnly3+3; mov ds,eax; mov al,[0]  | | ok
  3A 5.5 | 3 | mov eax,readOnly3+3; mov ds,eax; mov [0],al  | | #GP(0)
  3A 5.5 | 3 | mov eax,readOnly3+3; mov ds,eax; add byte ptr [0],1
    + | | #GP(0)
  3A 5.5 | 0 | mov eax,code0; mov ds,eax; mov al,[0]  | | ok
  3A 5.5 | 0 | mov cs:[0x9000],al                 | | #GP(0)
  3A 5.3 | 3 | mov eax,small3+3; mov ss,eax; mov esp,0x1000; push eax;
    + pop eax; mov al,[esp] | | #SS(0)
  3A 5.3 | 3 | mov eax,small3+3; mov ss,eax; mov esp,0x1002;
    + push eax | | #SS(0)
  3A 5.3 | 3 | mov eax,small3+3; mov ss,eax; mov ebp,0x2000;
    + mov eax,[ebp] | | #SS(0)
  3A 5.3 | real | .byte 0x67, 0xa1, 0xff, 0xff, 0, 0     | | #GP
  3A 5.3 | v86  | .byte 0x67, 0xa1, 0, 0, 1, 0           | | #GP(0)
`);

rows('code limits', `
  2A JMP  | 3 | push smallCode3+3; push 0xffe; retf  | | #GP(0)
  2A RET  | 0 | push smallCode0; push 0x1000; retf   | | #GP(0)
  2A JMP  | 0 | jmp smallCode0:0x1000                | | #GP(0)
  2A CALL | 0 | call smallCode0:0x1000               | | #GP(0)
  2A JMP  | real | .byte 0x66, 0xe9, 0, 0, 1, 0      | | #GP
  2A CALL | real | .byte 0x66, 0xe8, 0, 0, 1, 0      | | #GP
`);

rows('far JMP and CALL to code', `
  2A JMP  | 0 | jmp code0:end            | | ok
  2A JMP  | 3 | jmp code3+3:end          | | ok
  2A JMP  | 3 | jmp code3:end            | | ok
  2A JMP  | 0 | jmp 0:end                | | #GP(0)
  2A JMP  | 0 | jmp outside:end          | | #GP(outside)
  2A JMP  | 0 | jmp data0:end            | | #GP(data0)
  2A JMP  | 0 | jmp code3:end            | | #GP(code3)
  2A JMP  | 3 | jmp code0:end            | | #GP(code0)
  2A JMP  | 0 | jmp code0+3:end          | | #GP(code0)
  2A JMP  | 3 | jmp conforming0:end      | | ok
  2A JMP  | 3 | jmp conforming0+3:end    | | ok
  2A JMP  | 0 | jmp conforming3:end      | | #GP(conforming3)
  2A JMP  | 0 | jmp absentCode0:end      | | #NP(absentCode0)
  2A JMP  | 3 | jmp absentCode0:end      | | #GP(absentCode0)
  2A JMP  | 0 | jmp ldt:end              | | #GP(ldt)
  2A JMP  | 0 | jmp reserved:end         | | #GP(reserved)
  2A JMP  | 3 | jmp localCode+3:end      | | ok
  2A CALL | 0 | call code0:end           | | ok
  2A CALL | 0 | call 0:end               | | #GP(0)
  2A CALL | 3 | call code0:end           | | #GP(code0)
  2A CALL | 3 | call conforming0:end     | | ok
  2A CALL | 0 | call absentCode0:end     | | #NP(absentCode0)
  2A CALL | 3 | mov eax,small3+3; mov ss,eax; mov esp,0x1004;
    + call code3:end | | #SS(0)
  2A JMP  | 0 | push code0; push end; jmp far fword ptr [esp]  | | ok
  2A JMP | 3 | push code0; push end; call far fword ptr [esp]
    + | | #GP(code0)
`);

rows('call gates', `
  2A CALL | 3 | call gate3:0            | | gate
  2A CALL | 3 | call gate3+3:0          | | gate
  2A CALL | 0 | call gate3+3:0          | | gate
  2A CALL | 0 | call gate0:0            | | gate
  2A CALL | 0 | jmp gate0:0             | | gate
  2A CALL | 3 | call gate16:0           | | gate
  2A CALL | 3 | call params3:0          | | gate
  2A CALL | 3 | call gate0:0            | | #GP(gate0)
  2A CALL | 0 | call gate0+3:0          | | #GP(gate0)
  2A JMP  | 3 | jmp gate0:0             | | #GP(gate0)
  2A CALL | 3 | call absentGate:0       | | #NP(absentGate)
  2A CALL | 3 | call nullGate:0         | | #GP(0)
  2A CALL | 3 | call outsideGate:0      | | #GP(outside)
  2A CALL | 3 | call dataGate:0         | | #GP(data0)
  2A CALL | 0 | call outwardGate:0      | | #GP(code3)
  2A CALL | 3 | call absentCodeGate:0   | | #NP(absentCode0)
  2A CALL | 3 | call beyondGate:0       | | #GP(0)
  2A CALL | 3 | call conformingGate:0   | | gate
  2A CALL | 3 | call code1Gate:0        | | gate
  2A CALL | 0 | call code1Gate:0        | | #GP(code1)
  2A JMP  | 3 | jmp gate3:0             | | #GP(code0)
  2A JMP  | 3 | jmp conformingGate:0    | | gate
  2A CALL | 3 | call gate3:0 | ss0=0              | shutdown
  2A CALL | 3 | call code1Gate:0 | tssLimit=0x10  | #TS(tss)
`);

rows('the inner stack of a call gate', `
  2A CALL | 3 | call code1Gate:0 | ss1=0              | #TS(0)
  2A CALL | 3 | call code1Gate:0 | ss1=outside+1      | #TS(outside)
  2A CALL | 3 | call code1Gate:0 | ss1=data1          | #TS(data1)
  2A CALL | 3 | call code1Gate:0 | ss1=data0+1        | #TS(data0)
  2A CALL | 3 | call code1Gate:0 | ss1=code1+1        | #TS(code1)
  2A CALL | 3 | call code1Gate:0 | ss1=data3+1        | #TS(data3)
  2A CALL | 3 | call code1Gate:0 | ss1=absentStack1+1
    + | #SS(absentStack1)
  2A CALL | 3 | call code1Gate:0 | ss1=small1+1 esp1=0xf | #SS(small1)
  2A CALL | 3 | call code1Gate:0 | ss1=small1+1 esp1=0x10    | gate
  2A CALL | 3 | call code1Gate:0 | ss1=small1+1 esp1=0x1004
    + | #SS(small1)
`);

const out = 'push data3+3; push 0x8000';
rows('far RET', `
  2B RET  | 0 | push code0; push end; retf            | | ok
  2B RET  | 3 | push code3+3; push end; retf          | | ok
  2B RET  | 0 | ${out}; push code3+3; push end; retf  | | ok
  2B RET  | 0 | push 0; push end; retf                | | #GP(0)
  2B RET  | 0 | push outside; push end; retf          | | #GP(outside)
  2B RET  | 0 | push data0; push end; retf            | | #GP(data0)
  2B RET  | 3 | push code3; push end; retf            | | #GP(code3)
  2B RET  | 3 | push code0; push end; retf            | | #GP(code0)
  2B RET  | 0 | push code3; push end; retf            | | #GP(code3)
  2B RET  | 0 | push code0+3; push end; retf          | | #GP(code0)
  2B RET  | 3 | push conforming0+3; push end; retf    | | ok
  2B RET | 0 | push conforming3; push end; retf | | #GP(conforming3)
  2B RET | 0 | push absentCode0; push end; retf | | #NP(absentCode0)
  2B RET | 0 | push 0; push 0; push code3+3; push end; retf | | #GP(0)
  2B RET | 0 | push outside+3; push 0; push code3+3; push end; retf
    + | | #GP(outside)
  2B RET | 0 | push data3; push 0; push code3+3; push end; retf
    + | | #GP(data3)
  2B RET | 0 | push data0+3; push 0; push code3+3; push end; retf
    + | | #GP(data0)
  2B RET | 0 | push readOnly3+3; push 0; push code3+3; push end;
    + retf | | #GP(readOnly3)
  2B RET | 0 | push absentData+3; push 0; push code3+3; push end;
    + retf | | #SS(absentData)
  2B RET  | 0 | ${out}; push smallCode3+3; push 0x1000; retf | | #GP(0)
  2B RET | 3 | mov eax,small3+3; mov ss,eax; mov esp,0xffe; retf
    + | | #SS(0)
  2B RET | 3 | mov eax,small3+3; mov ss,eax; mov esp,0xffc; retf
    + | | #SS(0)
`);

rows('LLDT, LTR and the table registers', `
  2A LLDT | 0 | mov eax,ldt; lldt ax            | | ok
  2A LLDT | 0 | xor eax,eax; lldt ax            | | ok
  2A LLDT | 3 | mov eax,ldt; lldt ax            | | #GP(0)
  2A LLDT | 0 | mov eax,outside; lldt ax        | | #GP(outside)
  2A LLDT | 0 | mov eax,local; lldt ax          | | #GP(local)
  2A LLDT | 0 | mov eax,data0; lldt ax          | | #GP(data0)
  2A LLDT | 0 | mov eax,absentLdt; lldt ax      | | #NP(absentLdt)
  2A LLDT | real | .byte 0x0f, 0x00, 0xd0       | | #UD
  2A LLDT | v86  | .byte 0x0f, 0x00, 0xd0       | | #UD
  2A LTR  | 0 | mov eax,tss2; ltr ax            | | ok
  2A LTR  | 0 | mov eax,tss16; ltr ax           | | ok
  2A LTR  | 3 | mov eax,tss2; ltr ax            | | #GP(0)
  2A LTR  | 0 | xor eax,eax; ltr ax             | | #GP(0)
  2A LTR  | 0 | mov eax,outside; ltr ax         | | #GP(outside)
  2A LTR  | 0 | mov eax,local; ltr ax           | | #GP(local)
  2A LTR  | 0 | mov eax,busyTss; ltr ax         | | #GP(busyTss)
  2A LTR  | 0 | mov eax,ldt; ltr ax             | | #GP(ldt)
  2A LTR  | 0 | mov eax,absentTss; ltr ax       | | #NP(absentTss)
  2A LTR  | real | .byte 0x0f, 0x00, 0xd8       | | #UD
  2B SLDT | real | .byte 0x0f, 0x00, 0xc0       | | #UD
  2B STR  | v86  | .byte 0x0f, 0x00, 0xc8       | | #UD
  2A LGDT | 3 | lgdt [esp]                      | | #GP(0)
  2A LIDT | 3 | lidt [esp]                      | | #GP(0)
  2A LGDT | v86 | .byte 0x0f, 0x01, 0x16, 0, 0  | | #GP(0)
  2B SGDT | 3 | sgdt [esp]; sidt [esp]; str ax; sldt ax; smsw ax | | ok
`);

rows('privileged instructions', `
  2B MOV CR | 3 | mov eax,cr0                        | | #GP(0)
  2B MOV CR | 3 | mov cr3,eax                        | | #GP(0)
  2B MOV CR | v86 | .byte 0x0f, 0x20, 0xc0           | | #GP(0)
  2B MOV CR | 0 | mov eax,0x80000000; mov cr0,eax    | | #GP(0)
  2B MOV CR | 0 | mov eax,0x20000001; mov cr0,eax    | | #GP(0)
  2B MOV CR | 0 | mov eax,0x60000001; mov cr0,eax    | | ok
  2B MOV CR | 0 | mov eax,0x80000000; mov cr4,eax    | | #GP(0)
  2B MOV CR | 0 | .byte 0x0f, 0x20, 0xc8             | | #UD
  2B MOV DR | 3 | mov eax,dr0                        | | #GP(0)
  2B MOV DR | 3 | mov dr7,eax                        | | #GP(0)
  2B MOV DR | 0 | mov eax,dr4; mov eax,dr5           | | ok
  2B MOV DR | 0 | mov eax,dr4                        | cr4=8 | #UD
  2B MOV DR | 0 | mov eax,0x2000; mov dr7,eax; mov eax,dr0 | | #DB
  2A LMSW   | 3 | lmsw ax                            | | #GP(0)
  2A CLTS   | 3 | clts                               | | #GP(0)
  2A HLT    | 3 | hlt                                | | #GP(0)
  2A HLT    | v86 | hlt                              | | #GP(0)
  2A INVD   | 3 | invd                               | | #GP(0)
  2D WBINVD | 3 | wbinvd                             | | #GP(0)
  2B RDMSR  | 3 | rdmsr                              | | #GP(0)
  2D WRMSR  | 3 | wrmsr                              | | #GP(0)
  2B RDTSC  | 3 | rdtsc                              | | ok
  2B RDTSC  | 3 | rdtsc                              | cr4=4 | #GP(0)
  2B RDTSC  | 0 | rdtsc                              | cr4=4 | ok
`);

const yes = 'jnz $+3; jmp end; ud2';
const no = 'jz $+3; jmp end; ud2';
rows('LAR, LSL, VERR, VERW, ARPL', `
  2A LAR  | 3 | mov eax,data3+3; lar ebx,eax; ${yes}      | | ok
  2A LAR  | 3 | mov eax,data0+3; lar ebx,eax; ${no}       | | ok
  2A LAR  | 3 | mov eax,conforming0; lar ebx,eax; ${yes}  | | ok
  2A LAR  | 0 | mov eax,gate3; lar ebx,eax; ${yes}        | | ok
  2A LAR  | 0 | mov eax,tss16; lar ebx,eax; ${yes}        | | ok
  2A LAR  | 0 | mov eax,reserved; lar ebx,eax; ${no}      | | ok
  2A LAR  | 0 | xor eax,eax; lar ebx,eax; ${no}           | | ok
  2A LAR  | 0 | mov eax,outside; lar ebx,eax; ${no}       | | ok
  2A LSL  | 0 | mov eax,gate3; lsl ebx,eax; ${no}         | | ok
  2A LSL  | 0 | mov eax,ldt; lsl ebx,eax; ${yes}          | | ok
  2A LSL  | 0 | mov eax,taskGate; lsl ebx,eax; ${no}      | | ok
  2A LSL  | 0 | mov eax,busyTss; lsl ebx,eax; ${yes}      | | ok
  2D VERR | 3 | mov eax,data3; verr ax; ${yes}            | | ok
  2D VERR | 3 | mov eax,data0; verr ax; ${no}             | | ok
  2D VERR | 3 | mov eax,executeOnly3; verr ax; ${no}      | | ok
  2D VERR | 0 | mov eax,ldt; verr ax; ${no}               | | ok
  2D VERW | 3 | mov eax,readOnly3; verw ax; ${no}         | | ok
  2D VERW | 3 | mov eax,code3; verw ax; ${no}             | | ok
  2D VERW | 3 | mov eax,data3; verw ax; ${yes}            | | ok
  2A ARPL | 0 | mov eax,8; mov ebx,3; arpl ax,bx; ${yes}  | | ok
  2A ARPL | 0 | mov eax,11; mov ebx,1; arpl ax,bx; ${no}  | | ok
  2A LAR  | real | .byte 0x0f, 0x02, 0xc0                 | | #UD
  2D VERR | v86 | .byte 0x0f, 0x00, 0xe0                  | | #UD
  2A ARPL | real | .byte 0x63, 0xc0                       | | #UD
`);

rows('INT n', `
  2A INT | 3 | int good          | | int 41
  2A INT | 0 | int good          | | int 41
  2A INT | 0 | int kernelOnly    | | int 40
  2A INT | 3 | int trapGate      | | int 42
  2A INT | 3 | int short16       | | int 43
  2A INT | 3 | int kernelOnly    | | #GP(idt kernelOnly)
  2A INT | 3 | int notPresent    | | #NP(idt notPresent)
  2A INT | 3 | int empty         | | #GP(idt empty)
  2A INT | 3 | int callGate      | | #GP(idt callGate)
  2A INT | 3 | int 0xff          | | #GP(idt 0xff)
  2A INT | 3 | int toNull        | | #GP(0)
  2A INT | 3 | int toOutside     | | #GP(outside)
  2A INT | 3 | int toData        | | #GP(data0)
  2A INT | 0 | int toCode3       | | #GP(code3)
  2A INT | 3 | int toCode3       | | int 4a
  2A INT | 0 | int toCode1       | | #GP(code1)
  2A INT | 3 | int toCode1       | | int 4b
  2A INT | 3 | int toAbsent      | | #NP(absentCode0)
  2A INT | 3 | int toBeyond      | | #GP(0)
  2A INT | 3 | int toConforming  | | int 4e
  2A INT | 3 | int3              | | #GP(idt 3)
  2A INT | 0 | int3              | | #BP
  2A INT | 3 | int1              | | #DB
  2A INT | 0 | mov al,0x7f; add al,1; into | | #OF
  2A INT | 0 | into              | | ok
  2A INT | 3 | int 6             | | #GP(idt 6)
  2A INT | 0 | int 6             | | #UD
  2A INT | 3 | int toCode1 | ss1=0              | #TS(0)
  2A INT | 3 | int toCode1 | ss1=outside+1      | #TS(outside)
  2A INT | 3 | int toCode1 | ss1=data3+1        | #TS(data3)
  2A INT | 3 | int toCode1 | ss1=absentStack1+1 | #SS(absentStack1)
  2A INT | 3 | int toCode1 | ss1=small1+1 esp1=0x13 | #SS(small1)
  2A INT | 3 | int toCode1 | ss1=small1+1 esp1=0x14 | int 4b
  2A INT | 3 | int toCode1 | tssLimit=0x10      | #TS(tss)
`);

rows('exceptions', `
  3A 6.15 | 3 | ud2                            | | #UD
  3A 6.15 | 3 | xor ecx,ecx; div ecx           | | #DE
  3A 6.15 | 0 | xor ecx,ecx; div ecx           | | #DE
  3A 6.15 | 3 | .byte 0xf0, 0x90               | | #UD
  3A 6.15 | 3 | push 1; push 2; bound esp,[esp] | | #BR
  3A 6.15 | 3 | ud2      | idtLimit=0x2f       | shutdown
  3A 6.15 | 3 | ud2      | ss0=0               | shutdown
  3A 6.15 | 3 | push 0x100; popf; nop; nop     | | #DB
  3A 6.8.3| 0 | push 0x100; popf; mov eax,data0; mov ss,eax; nop | | #DB
  3A 6.15 | 3 | push 0x40000; popf; mov eax,[1] | cr0=0x40001 | #AC(0)
  3A 6.15 | 3 | push 0x40000; popf; mov ax,[2]  | cr0=0x40001 | ok
  3A 6.15 | 3 | mov eax,[1]                     | cr0=0x40001 | ok
  3A 6.15 | 0 | push 0x40000; popf; mov eax,[1] | cr0=0x40001 | ok
  3A 6.15 | 3 | push 0x40000; popf; dec esp; push eax
    + | cr0=0x40001 | #AC(0)
  3A 6.15 | 3 | push 0x40000; popf; dec esp; call code3:end
    + | cr0=0x40001 | #AC(0)
  3A 6.15 | 3 | push 0x40000; popf; dec esp; retf
    + | cr0=0x40001 | #AC(0)
`);

rows('IRET', `
  2A IRET | 0 | pushf; push code0; push end; iretd           | | ok
  2A IRET | 3 | pushf; push code3+3; push end; iretd         | | ok
  2A IRET | 0 | ${out}; pushf; push code3+3; push end; iretd | | ok
  2A IRET | 0 | pushf; push 0; push end; iretd               | | #GP(0)
  2A IRET | 0 | pushf; push outside; push end; iretd | | #GP(outside)
  2A IRET | 0 | pushf; push data0; push end; iretd | | #GP(data0)
  2A IRET | 3 | pushf; push code0; push end; iretd | | #GP(code0)
  2A IRET | 0 | pushf; push code0+3; push end; iretd | | #GP(code0)
  2A IRET | 0 | pushf; push conforming3; push end; iretd
    + | | #GP(conforming3)
  2A IRET | 0 | pushf; push absentCode0; push end; iretd
    + | | #NP(absentCode0)
  2A IRET | 0 | pushf; push smallCode0; push 0x1000; iretd   | | #GP(0)
  2A IRET | 0 | push 0; push 0; pushf; push code3+3; push end; iretd
    + | | #GP(0)
  2A IRET | 0 | push data0+3; push 0; pushf; push code3+3; push end;
    + iretd | | #GP(data0)
  2A IRET | 0 | push absentData+3; push 0; pushf; push code3+3;
    + push end; iretd | | #SS(absentData)
  2A IRET | 3 | mov eax,small3+3; mov ss,eax; mov esp,0xff8; iretd
    + | | #SS(0)
  2A IRET | 3 | push 0x20002; push code3+3; push end; iretd  | | ok
`);

rows('IOPL and ports', `
  2A CLI  | 0 | cli; sti            | | ok
  2A CLI  | 3 | cli                 | | #GP(0)
  2B STI  | 3 | sti                 | | #GP(0)
  2A CLI  | 3 | cli; sti            | iopl=3 | ok
  2A CLI  | 1 | cli                 | | #GP(0)
  2A CLI  | 1 | cli                 | iopl=1 | ok
  2A CLI  | v86 | cli               | | #GP(0)
  2A CLI  | v86 | cli; sti          | iopl=3 | ok
  3B 20.3 | v86 | cli               | cr4=1 | ok
  3A 2.5  | 3 | cli; sti            | cr4=2 | ok
  2B PUSHF | v86 | pushf            | | #GP(0)
  2B POPF | v86 | popf              | | #GP(0)
  2B PUSHF | v86 | pushf; popf      | iopl=3 | ok
  2B PUSHF | v86 | pushf; popf      | cr4=1 | ok
  2B PUSHF | v86 | .byte 0x66, 0x9c | cr4=1 | #GP(0)
  2A IRET | v86 | iret              | | #GP(0)
  2A INT  | v86 | int good          | | #GP(0)
  2A INT  | v86 | int good          | iopl=3 | int 41
  2A INT  | v86 | int3              | | #GP(idt 3)
  2A INT  | v86 | int toCode1       | iopl=3 | #GP(code1)
  2A INT  | v86 | int toConforming  | iopl=3 | #GP(conforming0)
  2A IN   | 0 | in al,0             | | ok
  2A IN   | 3 | in al,0             | ports=0xfffe | ok
  2A IN   | 3 | in al,0             | ports=1 | #GP(0)
  2A IN   | 3 | in al,1             | ports=1 | ok
  2A IN   | 3 | in ax,7             | ports=0x100 | #GP(0)
  2A IN   | 3 | in eax,5            | ports=0x100 | #GP(0)
  2A IN   | 3 | in eax,4            | ports=0x100 | ok
  2A IN   | 3 | in al,0             | ports=1 iopl=3 | ok
  2A IN   | 3 | in al,0             | tssLimit=0x66 | #GP(0)
  2A IN   | 3 | in al,0             | tssLimit=0x88 | #GP(0)
  2A IN   | 3 | in al,0             | tssLimit=0x89 | ok
  2B OUT  | 3 | mov dx,0x500; out dx,al | | #GP(0)
  2B OUT  | v86 | out 0,al          | ports=1 iopl=3 | #GP(0)
  2B OUT  | v86 | out 1,al          | ports=1 | ok
  2B OUTS | 3 | mov dx,0x500; outsb | | #GP(0)
  2A INS  | 3 | mov dx,0x500; insb  | | #GP(0)
`);

rows('jumps and calls to tasks', `
  2A JMP  | 0 | jmp tss2:0             | | task
  2A JMP  | 0 | call tss2:0            | | task
  2A JMP  | 0 | jmp tss16:0            | | task
  2A JMP  | 3 | jmp tss3+3:0           | | task
  2A JMP  | 3 | jmp tss2:0             | | #GP(tss2)
  2A JMP  | 0 | jmp tss2+3:0           | | #GP(tss2)
  2A JMP  | 0 | jmp busyTss:0          | | #GP(busyTss)
  2A JMP  | 0 | jmp tss:0              | | #GP(tss)
  2A JMP  | 0 | jmp absentTss:0        | | #NP(absentTss)
  2A JMP  | 0 | jmp shortTss:0         | | #TS(shortTss)
  2A JMP  | 3 | jmp taskGate:0         | | task
  2A CALL | 3 | call taskGate+3:0      | | task
  2A JMP  | 3 | jmp taskGate0:0        | | #GP(taskGate0)
  2A JMP  | 0 | jmp taskGate0+3:0      | | #GP(taskGate0)
  2A JMP  | 3 | jmp absentTaskGate:0   | | #NP(absentTaskGate)
  2A JMP  | 3 | jmp localTaskGate:0    | | #GP(4)
  2A JMP  | 3 | jmp nullTaskGate:0     | | #GP(0)
  2A JMP  | 3 | jmp outsideTaskGate:0  | | #GP(outside)
  2A JMP  | 3 | jmp dataTaskGate:0     | | #GP(data0)
  2A JMP  | 3 | jmp busyTaskGate:0     | | #GP(busyTss)
  2A JMP  | 3 | jmp absentTssGate:0    | | #NP(absentTss)
  2A JMP  | 3 | jmp shortTssGate:0     | | #TS(shortTss)
  2A INT  | 3 | int toTask             | | task
  2A INT  | 3 | int toBusy             | | #GP(busyTss)
  2A INT  | 3 | int toLocalTask        | | #GP(4)
  2A INT  | 3 | int toAbsentTask       | | #NP(absentTss)
  2A IRET | 0 | iretd | nt=1 link=busyTss    | task
  2A IRET | 0 | iretd | nt=1 link=tss2       | #TS(tss2)
  2A IRET | 0 | iretd | nt=1 link=0          | #TS(0)
  2A IRET | 0 | iretd | nt=1 link=4          | #TS(4)
  2A IRET | 0 | iretd | nt=1 link=outside    | #TS(outside)
  2A IRET | 0 | iretd | nt=1 link=data0      | #TS(data0)
`);

rows('loading a task', `
  3A 7.3 | 0 | jmp tss2:0 | newLdt=ldt            | task
  3A 7.3 | 0 | jmp tss2:0
    + | newCs=code3+3 newSs=data3+3 newDs=0 newEs=0 newLdt=outside
    + | #TS(outside)
  3A 7.3 | 0 | jmp tss2:0
    + | newCs=code3+3 newSs=data3+3 newDs=0 newEs=0 newLdt=data0
    + | #TS(data0)
  3A 7.3 | 0 | jmp tss2:0
    + | newCs=code3+3 newSs=data3+3 newDs=0 newEs=0 newLdt=4 | #TS(4)
  3A 7.3 | 0 | jmp tss2:0
    + | newCs=code3+3 newSs=data3+3 newDs=0 newEs=0 newLdt=absentLdt
    + | #TS(absentLdt)
  3A 7.3 | 0 | jmp tss2:0 | newDs=data3+3         | task
  3A 7.3 | 0 | jmp tss2:0 | newDs=0               | task
  3A 7.3 | 0 | jmp tss2:0 | newDs=outside         | #TS(outside)
  3A 7.3 | 0 | jmp tss2:0 | newEs=executeOnly0    | #TS(executeOnly0)
  3A 7.3 | 0 | jmp tss2:0 | newFs=absentData      | #NP(absentData)
  3A 7.3 | 0 | jmp tss2:0 | newDs=data0+3         | #TS(data0)
  3A 7.3 | 0 | jmp tss2:0 | newCs=smallCode0      | #GP(0)
  3A 7.3 | 0 | jmp tss2:0
    + | newEip=0x4300 newCs=code3+3 newSs=data3+3 newDs=0 newEs=0 | task
  3A 7.3 | 0 | jmp tss2:0 | newCs=outside+3       | #TS(outside)
  3A 7.3 | 0 | jmp tss2:0 | newCs=data0+3         | #TS(data0)
  3A 7.3 | 0 | jmp tss2:0 | newCs=code0+3         | #TS(code0)
  3A 7.3 | 0 | jmp tss2:0 | newCs=conforming3+2   | #TS(conforming3)
  3A 7.3 | 0 | jmp tss2:0 | newCs=absentCode3+3   | #NP(absentCode3)
  3A 7.3 | 0 | jmp tss2:0 | newCs=code3+3 newSs=0      | #TS(0)
  3A 7.3 | 0 | jmp tss2:0 | newCs=code3+3 newSs=data3  | #TS(data3)
  3A 7.3 | 0 | jmp tss2:0 | newCs=code3+3 newSs=readOnly3+3
    + | #TS(readOnly3)
  3A 7.3 | 0 | jmp tss2:0 | newCs=code3+3 newSs=absentData+3
    + | #SS(absentData)
`);
