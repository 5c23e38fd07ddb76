import { expect, test } from 'vitest';
import { load } from '#book/x86/bare.ts';
import { ECX, EDI, EIP, ESI } from '#book/x86/state.ts';

function run(text: string, ecx: number, steps: number) {
  const cpu = load(`cld\n mov edi, 0x5000\n mov ecx, ${ecx}
    mov esi, 0x6000\n ${text}\n nop\n hlt`);
  cpu.phys.writeBytes(0x5000, Uint8Array.of(7, 7, 7, 0, 7));
  cpu.phys.writeBytes(0x6000, Uint8Array.of(7, 7, 9, 0, 7));
  cpu.run(4 + steps);
  return cpu;
}

const seen = (cpu: ReturnType<typeof run>) => [
  cpu.get(ECX), cpu.get(ESI) - 0x6000, cpu.get(EDI) - 0x5000,
  cpu.get(EIP) - 0x1010];

test.each([
  ['one iteration, it stays', 'rep movsb', 3, 1, [2, 1, 1, 0]],
  ['the last one goes on', 'rep movsb', 3, 3, [0, 3, 3, 2]],
  ['zero does nothing', 'rep movsb', 0, 1, [0, 0, 0, 2]],
  ['without the prefix', 'movsb', 3, 1, [3, 1, 1, 1]],
  ['while equal', 'repe cmpsb', 5, 3, [2, 3, 3, 2]],
  ['until equal', 'repne cmpsb', 5, 1, [4, 1, 1, 2]],
] as const)('%s', (_name, text, ecx, steps, want) => {
  expect(seen(run(text, ecx, steps))).toEqual(want);
});

test('the address size is the counter’s size', () => {
  const cpu = run('.byte 0x67, 0xf3, 0xaa', 0x1_0000, 1);
  expect([cpu.get(ECX), cpu.get(EIP) - 0x1010])
    .toEqual([0x1_0000, 3]);
});
