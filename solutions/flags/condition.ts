import type { Adr, Builder, V } from '#book/machine/builder.ts';

export function afterCmp<A extends Adr>(
  { i32 }: Builder<A>, code: number, x: V<'i32'>, y: V<'i32'>,
): V<'i32'> | undefined {
  switch (code) {
    case 2: return i32.ltu(x, y);
    case 3: return i32.geu(x, y);
    case 4: return i32.eq(x, y);
    case 5: return i32.ne(x, y);
    case 6: return i32.leu(x, y);
    case 7: return i32.gtu(x, y);
    case 12: return i32.lts(x, y);
    case 13: return i32.ges(x, y);
    case 14: return i32.les(x, y);
    case 15: return i32.gts(x, y);
    default: return undefined;
  }
}
