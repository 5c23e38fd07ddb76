import { expect, test } from 'vitest';
import { load } from '../bare.ts';
import { loadFast } from './blocks.ts';
import { inStep } from './twin.kit.ts';

/** Moves here and there, in both ways, until ebp is 0. */
const program = (moves: string): string => `
        mov ebp, 60
again:  mov eax, ebp
        and eax, 7
        jz zero
        imul eax, eax, 0x01010101
zero:   imul ecx, ebp, 37
        and ecx, 0x3ff
        imul edi, ebp, 1237
        and edi, 0x1fff
        add edi, 0x2000
        imul esi, ebp, 3
        and esi, 31
        sub esi, 16
        add esi, edi
        ${moves}
        add ebx, edi
        xor ebx, ecx
        dec ebp
        jnz again
        hlt`;

const MOVES = {
  'fill bytes': 'rep stosb', 'fill words': 'rep stosw',
  'fill double words': 'rep stosd',
  'a value of several bytes': 'mov eax, ebp\n rep stosd',
  'copy bytes to near by': 'rep movsb',
  'copy words': 'rep movsw', 'copy double words': 'rep movsd',
  'the other way': 'std\n rep movsb\n cld',
  'one after the other': 'rep stosb\n mov ecx, 99\n rep movsd',
};

test.each(Object.entries(MOVES))('%s', (_, moves) => {
  const source = program(moves);
  for (const step of [13, 1009, 1_000_000]) {
    const slow = load(source);
    const { cpu, translator } = loadFast(source, 500);
    let strips = 0;
    translator.regions.watcher = (_pc, { blocks }) => {
      for (const { instrs } of blocks) {
        strips += instrs.filter(({ strip }) => strip).length;
      }
    };
    inStep(slow, cpu, step);
    expect(strips).toBeGreaterThan(0);
    const [a, b] = [slow, cpu].map(({ phys }) =>
      phys.readBytes(0, 0x1_0000));
    expect(b).toEqual(a);
  }
});
