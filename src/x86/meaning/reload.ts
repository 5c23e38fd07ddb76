import type { Adr, Builder, V } from '../../machine/builder.ts';
import { VM } from '../flags.ts';
import { access } from '../operands.ts';
import { PE, segment } from '../segment.ts';
import {
  CPL, CR0, EFLAGS, GDTR_BASE, GDTR_LIMIT, type Segment,
} from '../state.ts';

type X = V<'i32'>;
/** Whether the selector names an entry of the GDT, and selectors
 * name descriptors at all. */
function isUsual<A extends Adr>(b: Builder<A>, selector: X): X {
  const { i32 } = b;
  const none = i32.and(b.get(EFLAGS), i32.const(VM));
  const local = i32.and(selector, i32.const(4));
  const last = i32.or(selector, i32.const(7));
  const entry = i32.geu(i32.and(selector, i32.const(0xfffc)),
    i32.const(8));
  const inside = i32.leu(last, b.get(GDTR_LIMIT));
  const on = i32.and(b.get(CR0), i32.const(PE));
  return i32.and(i32.and(on, i32.eqz(i32.or(none, local))),
    i32.and(entry, inside));
}

/** What a descriptor differs in from what the register holds, apart
 * from its privilege: 0 if in nothing. */
function differences<A extends Adr>(
  b: Builder<A>, s: Segment, lo: X, hi: X, rights: X,
): X {
  const { i32 } = b;
  const high = i32.or(i32.and(hi, i32.const(0xff00_0000)),
    i32.shl(i32.and(hi, i32.const(0xff)), i32.const(16)));
  const base = i32.or(high, i32.shru(lo, i32.const(16)));
  const count = i32.or(i32.and(lo, i32.const(0xffff)),
    i32.and(hi, i32.const(0xf_0000)));
  const pages = i32.or(i32.shl(count, i32.const(12)),
    i32.const(0xfff));
  const granular = i32.and(hi, i32.const(0x80_0000));
  const limit = b.choose('i32', granular, () => pages, () => count);
  const kind = i32.and(i32.xor(rights, b.get(s.rights)),
    i32.const(~0x60));
  return i32.or(kind, i32.or(i32.xor(base, b.get(s.base)),
    i32.xor(limit, b.get(s.limit))));
}

/** Whether a program may have this descriptor as data, and it has
 * been used before. */
function isAllowed<A extends Adr>(
  b: Builder<A>, selector: X, rights: X,
): X {
  const { i32 } = b;
  const dpl = i32.and(i32.shru(rights, i32.const(5)), i32.const(3));
  const may = i32.and(i32.geu(dpl, b.get(CPL)),
    i32.geu(dpl, i32.and(selector, i32.const(3))));
  // Present, ordinary, data, accessed.
  const data = i32.eq(i32.and(rights, i32.const(0x99)),
    i32.const(0x91));
  return i32.and(may, data);
}

/** A selector whose descriptor says what the register holds already:
 * then only selector and privilege change. Else `otherwise`. */
export function reload<A extends Adr>(
  b: Builder<A>, n: number, value: X, otherwise: () => void,
): void {
  const { i32, addr } = b;
  const s = segment(n);
  const selector = i32.and(value, i32.const(0xffff));
  b.if(isUsual(b, selector), () => {
    const offset = i32.and(selector, i32.const(0xfff8));
    const at = addr.extendU(i32.add(b.get(GDTR_BASE), offset));
    const word = access(32, 'r', 'sys');
    const lo = b.load('i32', at, word);
    const hi = b.load('i32', addr.add(at, addr.const(4)), word);
    const rights = i32.and(i32.shru(hi, i32.const(8)),
      i32.const(0xf0ff));
    const other = differences(b, s, lo, hi, rights);
    const same = i32.and(i32.eqz(other),
      isAllowed(b, selector, rights));
    b.if(same, () => {
      b.set(s.selector, selector);
      b.set(s.rights, rights);
    }, otherwise);
  }, otherwise);
}
