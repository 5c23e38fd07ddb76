import { decode } from '../decode.ts';
import { disassemble } from '../disassemble.ts';
import type { Insn, Mode } from '../insn.ts';
import { allRules } from './rules.ts';

/** What we make of the bytes at an address. */
interface Reading { insn: Insn; length: number; text: string }

function read(code: Uint8Array, at: number, mode: Mode): Reading {
  const insn = decode(i => code[at + i] ?? 0x90, mode);
  return { insn, length: insn.length, text: disassemble(insn, at) };
}

function join(
  first: Reading, code: Uint8Array, at: number, mode: Mode,
): Reading {
  const second = read(code, at + first.length, mode);
  const before = first.text.replace('fwait', '');
  const text = before + second.text
    .replace(/\bfn(clex|init|save|stcw|stenv|stsw)/, 'f$1');
  const length = first.length + second.length;
  return { insn: second.insn, length, text };
}

export type Verdict = 'equal' | 'undefined' | 'excluded' | 'different';
export interface Compared {
  readonly verdict: Verdict;
  readonly ours: string;
  readonly insn: Insn;
  /** The names of the rules that were needed. */
  readonly rules: readonly string[];
}

/** Holds our reading of one instruction against objdump's. */
export function compare(
  code: Uint8Array, at: number, mode: Mode,
  length: number, text: string,
): Compared {
  const first = read(code, at, mode);
  const joins = first.insn.mnemonic === 'fwait'
    && !text.endsWith('fwait');
  if (!joins) return settle(first, at, length, text, []);
  const both = join(first, code, at, mode);
  const rules = ['fwait'];
  return first.insn.prefixes.length > 0
    ? { ...both, ours: both.text, verdict: 'excluded', rules }
    : settle(both, at, length, text, rules);
}

function settle(
  { insn, length, text: before }: Reading, at: number,
  theirLength: number, theirText: string, used: string[],
): Compared {
  let ours = before, theirs = theirText;
  const done = (verdict: Verdict) =>
    ({ verdict, ours, insn, rules: used });
  if (insn.mnemonic === '(bad)') return done('undefined');
  for (const rule of allRules) {
    if (!rule.applies(theirs, insn)) continue;
    if (rule.name !== 'spaces') used.push(rule.name);
    if (rule.excuse === 'all') return done('excluded');
    if (rule.excuse === 'text') theirs = ours;
    ours = rule.ours?.(ours) ?? ours;
    theirs = rule.theirs?.(theirs, insn, at) ?? theirs;
  }
  const equal = ours === theirs && length === theirLength;
  return done(equal ? 'equal' : 'different');
}

const skipped = /^(data16|data32|addr16|addr32|[cdefgs]s|lock|rep\w*)$/;

/** The mnemonic of objdump's line, without words for prefixes. */
export const nameOf = (text: string) =>
  text.split(/\s+/).find(w => !skipped.test(w)) ?? '';

import { table } from '../opcodes.ts';

const names = new Set(table.flatMap(r => r.names));

/** May bytes that objdump reads as `text` be undefined to us? */
export function mayBeUndefined(text: string, insn: Insn): boolean {
  const name = nameOf(text);
  if (!names.has(name) || text.includes('(bad)')) return true;
  const vector = table.some(r => r.mnemonic === name
    && (r.feature === 'mmx' || r.feature.startsWith('sse')));
  const prefix = insn.rep !== 0 || insn.prefixes.includes(0x66);
  if (vector && prefix) return true;
  if (name === 'mov') return /cr(1|[5-9]|1\d)\b|cs,|\?/.test(text);
  return /^(syscall|sysret|swapgs)$/.test(name);
}
