import type { Ty } from '../fields.ts';

/** Opcodes of the operations of a builder, in the order of the
 * specification (§5.4.7). Names are the builder's. */
function numbered(
  from: number, names: string,
): [string, number][] {
  return names.split(' ').map((name, n) => [name, from + n]);
}

const COMPARISONS = 'eqz eq ne lts ltu gts gtu les leu ges geu';
const ARITHMETIC = 'clz ctz popcnt add sub mul divs divu rems remu '
  + 'and or xor shl shrs shru rotl rotr';

const TABLES: Record<Exclude<Ty, 'v128'>, [string, number][]> = {
  i32: [
    ...numbered(0x45, COMPARISONS), ...numbered(0x67, ARITHMETIC),
    ...numbered(0xc0, 'extend8s extend16s'),
  ],
  i64: [
    ...numbered(0x50, COMPARISONS), ...numbered(0x79, ARITHMETIC),
    ...numbered(0xc2, 'extend8s extend16s extend32s'),
    ['wrap', 0xa7], ['extendS', 0xac], ['extendU', 0xad],
  ],
  f64: [
    ['eq', 0x61], ['lt', 0x63], ['le', 0x65], ['abs', 0x99],
    ['neg', 0x9a], ['sqrt', 0x9f], ...numbered(0xa0, 'add sub mul div'),
    ['fromI32', 0xb7], ['bits', 0xbd], ['fromBits', 0xbf],
  ],
};

const byName = new Map(Object.entries(TABLES).flatMap(
  ([ty, list]) => list.map(([name, code]) => [`${ty}.${name}`, code])));

/** The opcode of an operation; undefined: it takes more than one. */
export const opcodeOf = (name: string): number | undefined =>
  byName.get(name);

/** Opcodes behind the SIMD prefix (§5.4.8). */
export const SIMD: Record<string, number> = {
  'v128.and': 0x4e, 'v128.or': 0x50, 'v128.xor': 0x51,
  'v128.add32': 0xae, 'v128.add64': 0xce,
};

/** What an operation's result is, where that is not its own type. */
const RESULTS: Record<string, Ty> = {
  wrap: 'i32', eqz: 'i32', eq: 'i32', ne: 'i32', lts: 'i32',
  ltu: 'i32', gts: 'i32', gtu: 'i32', les: 'i32', leu: 'i32',
  ges: 'i32', geu: 'i32', lt: 'i32', le: 'i32', bits: 'i64',
  lane64: 'i64',
};

export const resultOf = (ty: Ty, name: string): Ty =>
  RESULTS[name.replace(/\..*/, '')] ?? ty;

const byCode = new Map([...byName].map(([name, code]) => [code, name]));

/** The operation of an opcode. */
export const nameOf = (code: number): string | undefined =>
  byCode.get(code);
