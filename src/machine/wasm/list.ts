import { OP } from './encode.ts';
import { nameOf } from './opcodes.ts';

const PLAIN = new Map(Object.entries(OP).map(([name, code]) =>
  [code as number, name.replace('local_', 'local.')
    .replace('global_', 'global.')]));

const INDEXED = new Set<number>([OP.br, OP.br_if, OP.call,
  OP.local_get, OP.local_set, OP.local_tee, OP.global_get,
  OP.global_set]);

/** Loads and stores from 0x28 on (§5.4.6). */
const MEMORY = `i32.load i64.load f32.load f64.load
  i32.load8_s i32.load8_u i32.load16_s i32.load16_u
  i64.load8_s i64.load8_u i64.load16_s i64.load16_u
  i64.load32_s i64.load32_u
  i32.store i64.store f32.store f64.store i32.store8 i32.store16
  i64.store8 i64.store16 i64.store32`.split(/\s+/);

/** A place in code that is read. */
interface Cursor { readonly code: Uint8Array; at: number }

const byte = (c: Cursor): number => c.code[c.at++] ?? 0;

/** The bits of a LEB128 number, and how many there were. */
function bits(c: Cursor): { value: bigint; count: number } {
  let [value, count] = [0n, 0];
  for (;;) {
    const next = byte(c);
    value |= BigInt(next & 0x7f) << BigInt(count);
    count += 7;
    if (next < 0x80) return { value, count };
  }
}

const unsigned = (c: Cursor): bigint => bits(c).value;

function signed(c: Cursor): bigint {
  const { value, count } = bits(c);
  return BigInt.asIntN(count, value);
}

function operands(c: Cursor, code: number): string {
  if (INDEXED.has(code)) return ` ${unsigned(c)}`;
  if (code >= 0x28 && code <= 0x3e) {
    unsigned(c);
    return ` ${unsigned(c)}`;
  }
  if (code === 0x41 || code === 0x42) return ` ${signed(c)}`;
  const skipped = code === OP.block || code === OP.loop
    || code === OP.if ? 1 : code === OP.call_indirect ? 2
      : code === 0x44 ? 8 : 0;
  c.at += skipped;
  return '';
}

function simd(c: Cursor): string {
  const code = Number(unsigned(c));
  if (code === 0x00 || code === 0x0b) {
    unsigned(c);
    return `v128.${code === 0 ? 'load' : 'store'} ${unsigned(c)}`;
  }
  if (code === 0x1d || code === 0x1e) c.at++;
  return `simd ${code}`;
}

const CONST = new Map([[0x41, 'i32.const'], [0x42, 'i64.const'],
  [0x44, 'f64.const']]);

/** A function's code as lines, one for each instruction. */
export function listing(code: Uint8Array): string[] {
  const c = { code, at: 0 };
  const lines: string[] = [];
  let depth = 0;
  while (c.at < code.length) {
    const op = byte(c);
    if (op === OP.end || op === OP.else) depth--;
    const name = PLAIN.get(op) ?? CONST.get(op) ?? nameOf(op)
      ?? MEMORY[op - 0x28] ?? `0x${op.toString(16)}`;
    const text = op === OP.simd ? simd(c) : name + operands(c, op);
    lines.push('  '.repeat(depth) + text);
    const opens = [OP.block, OP.loop, OP.if, OP.else] as number[];
    if (opens.includes(op)) depth++;
  }
  return lines;
}
