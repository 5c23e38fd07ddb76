import { expect, test } from 'vitest';
import { echoSource } from '../../guests/pv-echo.ts';
import { pvImage } from '../../guests/pv-image.ts';
import { bootGuest } from './host.ts';

const wake = `
start:
  mov ecx, [esi + 52]            ; start_info.console.mfn
  mov ebp, [ecx*4 + 0xf5800000]
  shl ebp, 12
  mov eax, [esi + 56]            ; start_info.console.evtchn
  mov [port], eax
  mov ecx, [esi + 36]            ; start_info.shared_info
  or ecx, 7
  mov eax, 14                    ; update_va_mapping
  mov ebx, page
  xor edx, edx
  mov esi, 2                     ; and flush it
  int 0x82
`;

const sleep = `
again:
  mov ecx, [port]
  btr DWORD PTR [page + 2048], ecx
  mov eax, [ebp + 3072]          ; in_cons
  cmp eax, [ebp + 3076]          ; in_prod
  jne bye
  mov eax, 29                    ; sched_op
  mov ebx, 3                     ; poll
  mov ecx, poll
  int 0x82
  jmp again
bye:
  mov eax, 29
  mov ebx, 2                     ; shutdown
  mov ecx, zero
  int 0x82
  .align 4
poll: .long port, 1, 0, 0
port: .long 0
zero: .long 0
  .align 4096
page: .long 0
`;

test('a guest that sleeps is woken by a key', () => {
  const guest = bootGuest({
    image: pvImage(wake + sleep, { bss: 8192 }), memoryMiB: 4,
    onOutput: () => undefined,
  });
  const run = (): string => {
    for (;;) {
      const state = guest.run(1e6);
      if (state !== 'running') return state;
    }
  };
  expect(run()).toBe('waiting');
  guest.input(Uint8Array.of(65));
  expect(run()).toBe('ended');
  expect(guest.host.endings).toMatchObject([{ domid: 1, reason: 0 }]);
  expect(run()).toBe('ended');
});

test('how a run is sliced does not show', () => {
  const runs = [1e9, 997].map(slice => {
    let output = '';
    const guest = bootGuest({
      image: pvImage(echoSource), memoryMiB: 4,
      onOutput: bytes => { output += String.fromCharCode(...bytes); },
    });
    guest.input(new TextEncoder().encode('one two\rq\r'));
    while (guest.run(slice) === 'running');
    const { cpu, root } = guest.host.xen;
    return { output, retired: cpu.retired, counts: root.counts };
  });
  expect(runs[1]).toEqual(runs[0]);
});

test('an image that cannot be loaded is a failure', () => {
  const guest = bootGuest({
    name: 'junk', image: Uint8Array.of(1, 2, 3),
    onOutput: () => undefined,
  });
  while (guest.run(1e6) === 'running');
  expect(guest.failure()).toContain('junk: ');
});
