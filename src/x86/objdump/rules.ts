import { target } from '../disassemble.ts';
import type { Insn } from '../insn.ts';

/** Why a line of objdump may differ from ours, and how. */
export interface Rule {
  readonly name: string;
  readonly why: string;
  readonly applies: (theirs: string, insn: Insn) => boolean;
  readonly theirs?: (text: string, insn: Insn, at: number) => string;
  readonly ours?: (text: string) => string;
  /** What is not compared: the text, or neither text nor length. */
  readonly excuse?: 'text' | 'all';
}

const rules: Rule[] = [];
/** All rules, in the order in which they are applied. */
export const allRules: readonly Rule[] = rules;
const rule = (r: Rule) => { rules.push(r); };

rule({
  name: 'spaces',
  why: 'objdump pads mnemonics to a column',
  applies: text => /\s\s|\s$/.test(text),
  theirs: text => text.trim().replace(/\s+/g, ' '),
});

const word = (name: string, before: string, why: string) => rule({
  name, why,
  applies: text => text.split(' ').includes(name),
  theirs: text => text.replace(new RegExp(`\\b${name} `), `${before} `),
});
word('bnd', 'repnz', 'F2 before a branch: MPX, since 2015');
word('xacquire', 'repnz', 'F2 before a locked write: TSX, since 2013');
word('xrelease', 'repz', 'F3 before a locked write: TSX, since 2013');

rule({
  name: 'notrack',
  why: '3E before an indirect jump or call: CET, since 2020; objdump '
    + 'then leaves out the DS: of the operand',
  applies: text => text.includes('notrack '),
  excuse: 'text',
});

const prefixed = (name: string, old: string, why: string) => rule({
  name, why,
  applies: (text, i) => i.mnemonic === old && text.includes(`${name} `),
  theirs: text => text.replace(name, old),
  ours: text => text.replace(/(.*)repz /, '$1'),
});
prefixed('tzcnt', 'bsf', 'F3 0F BC: BMI1, since 2013');
prefixed('lzcnt', 'bsr', 'F3 0F BD: ABM, since 2007');
rule({
  name: 'F2 0F BC',
  why: 'REPNZ BSF and REPNZ BSR are (bad) to objdump for the same '
    + 'reason; the manual has BSF and BSR ignore it',
  applies: (text, i) => /^bs[fr]$/.test(i.mnemonic)
    && text.includes('(bad)'),
  excuse: 'all',
});

rule({
  name: 'hints',
  why: '0F 1A to 0F 1E are no-operations that MPX, CET and CLDEMOTE '
    + 'later took; some of the new forms are (bad) to objdump',
  applies: (text, i) => i.mnemonic === 'nop'
    && /^0f1[a-e]/.test(i.row.text) && !text.includes('nop '),
  excuse: 'all',
});
rule({
  name: 'hint sizes',
  why: 'with F3, objdump does not take 66 for the size of such a hint',
  applies: (text, i) => /^0f1[a-e]/.test(i.row.text)
    && text.includes('nop '),
  excuse: 'text',
});

rule({
  name: 'far',
  why: 'objdump prints a far jump through 32 bits like a near one',
  applies: (_, i) => i.mnemonic.endsWith('f')
    && i.operands[0]?.kind === 'mem',
  ours: text => text.replace(' far ', ' '),
});
rule({
  name: 'branch sizes',
  why: 'of direct branches with 66, objdump marks only near CALL and '
    + 'JMP; conditional and far ones look as without it',
  applies: (_, i) => i.row.flags.includes('sized')
    && (/^0f8/.test(i.row.text) || i.operands[0]?.kind === 'far'),
  ours: text => text.replace(/(j\w+|call)[wd] /, '$1 '),
});

rule({
  name: 'table sizes',
  why: 'objdump always marks the size of LGDT, LIDT, SGDT and SIDT; we '
    + 'mark it where 66 changes it',
  applies: (text, i) => /^[sl][gi]dt/.test(i.mnemonic)
    && i.opSize === i.mode,
  theirs: text => text.replace(/([sl][gi]dt)[wd] /, '$1 '),
});
rule({
  name: 'comparisons',
  why: 'objdump has names for the eight predicates of CMPPS and kin',
  applies: (text, i) => /^cmp[ps][sd]$/.test(i.mnemonic)
    && i.operands.length === 3 && !text.includes(i.mnemonic),
  theirs: text => text.replace(
    /cmp(eq|lt|le|unord|neq|nlt|nle|ord)([ps][sd]) (.*)$/,
    (_, p: string, kind: string, rest: string) =>
      `cmp${kind} ${rest},0x${predicates.indexOf(p).toString(16)}`),
});
const predicates = 'eq lt le unord neq nlt nle ord'.split(' ');

rule({
  name: 'short targets',
  why: 'with a 16-bit operand size EIP is cut to 16 bits (SDM vol. 2A, '
    + 'JMP); objdump does so for near jumps only',
  applies: (_, i) => i.operands[0]?.kind === 'rel'
    && i.row.operands[0]?.type === 'b',
  theirs: (text, i, at) => text.replace(/0x[0-9a-f]+$/, '')
    + `0x${target(i, i.operands[0]?.disp ?? 0, at).toString(16)}`,
});

rule({
  name: 'hostcall',
  why: '0F 04 is ours: the door to TypeScript (undefined elsewhere)',
  applies: (_, i) => i.mnemonic === 'hostcall',
  excuse: 'all',
});
rule({
  name: 'D6 with 66',
  why: 'objdump prints MMX registers of F2/F3 0F D6 as XMM after 66',
  applies: (_, i) => /^f[23]:0fd6/.test(i.row.text)
    && i.prefixes.includes(0x66),
  theirs: text => text.replace(/mm\d,x?mm\d$/, '')
    .replace(/x$/, '').replace(/data16 |data32 /g, ''),
  ours: text => text.replace(/x?mm\d,x?mm\d$/, '')
    .replace(/data16 |data32 /g, ''),
});
rule({
  name: 'F2 66 90',
  why: 'objdump reads XCHG AX,AX behind REPNZ; to us it is NOP',
  applies: (text, i) => i.row.text.startsWith('f2:90')
    && text.includes('xchg'),
  theirs: text => text.replace(/xchg.*$/, 'nop'),
  ours: text => text.replace(/(.*)data(16|32) /, '$1'),
});
rule({
  name: 'CR8',
  why: 'LOCK MOV CR0 is CR8 on some AMD processors; #UD on ours',
  applies: (_, i) => i.lock && i.mnemonic === 'mov'
    && i.operands.some(o => o.cls === 'cr'),
  excuse: 'all',
});
