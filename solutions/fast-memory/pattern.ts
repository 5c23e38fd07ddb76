import { OP } from '#book/machine/wasm/encode.ts';
import {
  ADD, COPY, GTU, type Push, SHL, SUB, Words,
} from '#book/machine/wasm/words.ts';

/** Puts one element at `at`. */
function storeOne(f: Words): void {
  const store = (wide: boolean): void => {
    for (const n of [0, 1]) f.getLocal(n);
    if (wide) f.store32(0);
    else f.store16(0);
  };
  f.when(f.join(SUB, f.of(3), f.num(1)), () => store(true),
    () => store(false));
}

export function pattern(): Words {
  const f = new Words(4);
  const [at, count, size] = [f.of(0), f.of(2), f.of(3)];
  const [made, more] = [f.local('i32'), f.local('i32')];
  const bytes = (n: number): Push => f.join(SHL, f.of(n), size);
  f.when(f.isZero(count), () => f.op(OP.return));
  storeOne(f);
  f.let(made, f.num(1));
  f.open(OP.loop);
  const again = f.depth;
  f.when(f.join(GTU, count, f.of(made)), () => {
    f.let(more, f.join(SUB, count, f.of(made)));
    f.when(f.join(GTU, f.of(more), f.of(made)),
      () => f.let(more, f.of(made)));
    f.join(ADD, at, bytes(made))();
    at();
    bytes(more)();
    for (const code of COPY) f.op(code);
    f.let(made, f.join(ADD, f.of(made), f.of(more)));
    f.br(again);
  });
  f.close();
  return f;
}
