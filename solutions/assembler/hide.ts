import { decode } from '#book/x86/decode.ts';

/** Where the opcodes of all carriers stand. */
function carriers(code: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 0; at < code.length;) {
    const insn = decode(i => code[at + i] ?? 0, 32);
    const place = at + insn.prefixes.length;
    const opcode = code[place] ?? 0;
    const operation = opcode < 0x3c && (opcode & 7) < 4
      || opcode >= 0x88 && opcode <= 0x8b;
    const carries = insn.row.map === 0 && insn.mnemonic !== '(bad)'
      && operation && insn.modrm >= 0xc0;
    if (carries) found.push(place);
    at += insn.length;
  }
  return found;
}

/** The same program with a message in it. */
export function hide(
  code: Uint8Array, message: readonly number[],
): Uint8Array {
  const places = carriers(code), out = code.slice();
  if (message.length > places.length) throw new Error('too long');
  message.forEach((bit, i) => {
    const at = places[i] ?? 0;
    const opcode = code[at] ?? 0, modrm = code[at + 1] ?? 0;
    if ((opcode >> 1 & 1) === bit) return;
    out[at] = opcode ^ 2;
    out[at + 1] = 0xc0 | (modrm & 7) << 3 | modrm >> 3 & 7;
  });
  return out;
}

/** The bits of all carriers. */
export function seek(code: Uint8Array): number[] {
  return carriers(code).map(at => (code[at] ?? 0) >> 1 & 1);
}
