import { expect, test } from 'vitest';
import { decode } from '#book/x86/decode.ts';
import { disassemble } from '#book/x86/disassemble.ts';
import { assembleProgram } from '#book/x86/program.ts';
import { hide, seek } from './hide.ts';

const { bytes } = assembleProgram(`
        mov ebx, eax
        add ecx, [ebx+4]
        add ecx, edx
        lock add [ebx], ecx
        mov ax, cx
        mov eax, 0x01c301c3
        test eax, ebx
        cmp al, bh
        es xor edi, edi
        movzx eax, al
        ret
`);

function text(code: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < code.length;) {
    const insn = decode(i => code[at + i] ?? 0, 32);
    lines.push(disassemble(insn, at));
    at += insn.length;
  }
  return lines;
}


test('five instructions carry', () => {
  expect(seek(bytes)).toHaveLength(5);
});

test.each([[1, 0, 1, 1, 0], [0, 1, 0, 0, 1], [1, 1, 1, 1, 1]])(
  'what is hidden is found: %i%i%i%i%i', (...message) => {
    const code = hide(bytes, message);
    expect(seek(code)).toEqual(message);
    expect(text(code)).toEqual(text(bytes));
  });

test('the rest stays as it was', () => {
  const before = seek(bytes);
  const code = hide(bytes, [1 - (before[0] ?? 0)]);
  expect(seek(code).slice(1)).toEqual(before.slice(1));
  expect(hide(code, [before[0] ?? 0])).toEqual(bytes);
});

test('the original is left alone; too much is an error', () => {
  const copy = bytes.slice();
  hide(bytes, [1, 1, 1, 1, 1]);
  hide(bytes, [0, 0, 0, 0, 0]);
  expect(bytes).toEqual(copy);
  expect(() => hide(bytes, [1, 1, 1, 1, 1, 1])).toThrow();
});
