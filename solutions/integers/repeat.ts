import type { Adr, Builder, V } from '#book/machine/builder.ts';
import type { Insn } from '#book/x86/insn.ts';
import {
  readReg, truncate, writeReg,
} from '#book/x86/operands.ts';
import { EIP } from '#book/x86/state.ts';

/** Without REP: once. With it: one iteration, perhaps a jump. */
export function repeat<A extends Adr>(
  b: Builder<A>, i: Insn, once: () => void,
  again: () => V<'i32'> = () => b.i32.const(1),
): void {
  if (i.rep === 0) return once();
  const { i32 } = b;
  const count = readReg(b, 1, i.addrSize);
  b.if(i32.ne(count, i32.const(0)), () => {
    once();
    const left = i32.sub(count, i32.const(1));
    writeReg(b, 1, i.addrSize, left);
    const some = i32.ne(truncate(b, left, i.addrSize), i32.const(0));
    b.if(i32.and(some, again()), () => {
      b.jump(b.addr.extendU(b.get(EIP)));
    });
  });
}
