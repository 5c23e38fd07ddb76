import { makeCase, testable } from '../../src/x86/campaign/cases.ts';
import type { Values } from '../../src/x86/campaign/values.ts';

/** A piece of a program: lines of its own, or pieces between them. */
export interface Piece {
  readonly head: readonly string[];
  readonly inner: readonly Piece[];
  readonly tail: readonly string[];
}

/** Where things are. */
export const AT = {
  gdt: 0x1000, idt: 0x2000, tss: 0x2c00, handlers: 0x3000,
  vars: 0x4000, window: 0x6800, far: 0x8000, code: 0x1_0000,
  stack: 0x3_0000, stack0: 0x3_2000, directory: 0x2_0000,
  table: 0x2_1000, other: 0x2_2000, ram: 0x4_0000,
} as const;

const BALANCE = /^(push|pop|enter|leave|ret|call|jmp|j|loop)/;

const rows = testable.filter(({ mnemonic }) => !BALANCE.test(mnemonic));

const site = { window: AT.window, eip: 0, segments: false };
const narrow = { ...site, segments: true };

const piece = (...head: string[]): Piece =>
  ({ head, inner: [], tail: [] });

const REGS = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
const ESP = 4;
const FREE = [0, 1, 2, 3, 5, 6, 7];

const hex = (n: number): string => `0x${(n >>> 0).toString(16)}`;
const bytesOf = (code: Uint8Array): string =>
  `.byte ${[...code].map(hex).join(', ')}`;

/** Makes the pieces of one program. */
export class Maker {
  private labels = 0;
  mode: 16 | 32 = 32;
  constructor(
    readonly values: Values, readonly user: boolean,
    readonly paging: boolean,
  ) {}

  label(): string { return `l${this.labels++}`; }

  reg(): string {
    return REGS[FREE[this.values.below(FREE.length)] ?? 0] ?? 'eax';
  }

  private load(index: number, regs: Uint32Array): string {
    return `mov ${REGS[index]}, ${hex(regs[index] ?? 0)}`;
  }

  /** Any instruction that neither jumps nor moves the stack. */
  any(): Piece {
    const { values } = this;
    for (;;) {
      const row = rows[values.below(rows.length)];
      if (!row) continue;
      const size = values.rarely(3) ? 16 : 32;
      const at = this.mode === 16 ? narrow : site;
      const test = makeCase(row, size, values, at);
      if (!test || test.insn.row !== row) continue;
      if (test.insn.mode !== this.mode) continue;
      const { insn, before: { regs } } = test;
      const named = insn.operands.flatMap((o) =>
        o.kind === 'mem' ? [o.base, o.idx]
          : o.kind === 'reg' && o.bits > 8 ? [-1 - o.index] : []);
      if (named.includes(ESP) || named.includes(-1 - ESP)) continue;
      const aimed = values.rarely(8) ? [] : named.filter((n) => n >= 0);
      const loads = values.rarely(6) ? FREE : [...new Set(aimed)];
      const lines = loads.map((n) => this.load(n, regs));
      if (insn.rep !== 0 && !values.rarely(20)) {
        lines.push(`mov ecx, ${values.below(9)}`);
      }
      lines.push(bytesOf(test.code.subarray(0, insn.length)));
      return piece(...lines);
    }
  }

  some(n: number, depth: number): Piece[] {
    return Array.from({ length: n }, () => this.one(depth));
  }

  one(depth: number): Piece {
    const { values } = this;
    if (values.below(10) < 6) return this.any();
    const kinds = [
      () => this.branch(depth), () => this.loop(depth),
      () => this.pushes(depth), () => this.call(),
      () => this.table(depth), () => this.memory(), () => this.memory(),
      () => this.string(), () => this.modify(), () => this.odd(),
      () => this.branch(depth), () => this.frame(depth),
      ...this.paging && !this.user ? [() => this.tables()] : [],
      ...this.user ? [() => piece(`int 0x80`)] : [],
    ];
    return kinds[values.below(kinds.length)]?.() ?? this.any();
  }

  private condition(): string {
    const all = ['o', 'no', 'b', 'ae', 'e', 'ne', 'be', 'a', 's', 'ns',
      'p', 'np', 'l', 'ge', 'le', 'g'];
    return all[this.values.below(16)] ?? 'e';
  }

  private branch(depth: number): Piece {
    const label = this.label();
    const { values } = this;
    const first = values.rarely(2)
      ? [`cmp ${this.reg()}, ${this.reg()}`]
      : values.rarely(3) ? [`test ${this.reg()}, ${this.reg()}`] : [];
    return {
      head: [...first, `j${this.condition()} ${label}`],
      inner: depth > 0 ? this.some(values.below(4), depth - 1) : [],
      tail: [`${label}:`],
    };
  }

  private counters = 0;

  private loop(depth: number): Piece {
    if (depth === 0) return this.any();
    const { values } = this;
    const top = this.label();
    const at = hex(AT.vars + 0x100 + 4 * this.counters++);
    return {
      head: [`mov dword ptr [${at}], ${values.below(7) + 1}`, `${top}:`],
      inner: this.some(1 + values.below(5), depth - 1),
      tail: [`dec dword ptr [${at}]`, `jne ${top}`],
    };
  }

  private pushes(depth: number): Piece {
    const { values } = this;
    const inner = depth > 0 ? this.some(values.below(3), depth - 1) : [];
    const word = hex(AT.window + values.below(200));
    const kinds: [string, string][] = [
      [`push ${this.reg()}`, `pop ${this.reg()}`],
      ['pushf', 'popf'], ['pusha', 'popa'],
      [`push dword ptr [${word}]`, `pop dword ptr [${word}]`],
      ...this.mode === 16 ? []
        : [[`push ${hex(values.word())}`, 'add esp, 4'] as
          [string, string]],
      [`push ax`, `pop dx`],
    ];
    const [head, tail] = kinds[values.below(kinds.length)] ?? ['', ''];
    return { head: [head], inner, tail: [tail] };
  }

  private frame(depth: number): Piece {
    const { values } = this;
    const inner = depth > 0 ? this.some(values.below(3), depth - 1) : [];
    const level = values.rarely(3) ? values.below(4) : 0;
    return {
      head: [`push ebp`, `mov ebp, esp`,
        `enter ${values.below(64)}, ${level}`, `mov [${hex(AT.vars)}+8], ebp`],
      inner, tail: [`mov ebp, [${hex(AT.vars)}+8]`, `leave`, `pop ebp`],
    };
  }

  functions = 0;

  private call(): Piece {
    const { values } = this;
    if (this.functions === 0) return this.any();
    const name = `f${values.below(this.functions)}`;
    const reg = this.reg().slice(this.mode === 16 ? 1 : 0);
    const size = this.mode === 16 ? 'word' : 'dword';
    switch (values.below(5)) {
      case 0: return piece(`mov ${reg}, ${name}`, `call ${reg}`);
      case 1: {
        const at = hex(AT.vars + 16);
        return piece(`mov ${size} ptr [${at}], ${name}`,
          `call ${size} ptr [${at}]`);
      }
      case 2: return piece(`push ${name}`, 'call deep');
      default: return piece(`call ${name}`);
    }
  }

  private table(depth: number): Piece {
    const { values } = this;
    const [table, end] = [this.label(), this.label()];
    const cases = Array.from({ length: 4 }, () => this.label());
    const reg = this.reg();
    return {
      head: [`and ${reg}, 3`, `jmp dword ptr [${reg}*4+${table}]`,
        `${table}:`, ...cases.map((one) => `.long ${one}`)],
      inner: cases.map((one) => ({
        head: [`${one}:`],
        inner: depth > 0 ? this.some(values.below(3), depth - 1) : [],
        tail: [`jmp ${end}`],
      })),
      tail: [`${end}:`],
    };
  }

  /** Accesses at and around page ends. */
  private memory(): Piece {
    const { values } = this;
    const reg = this.reg();
    const page = AT.window + 0x1000 * values.below(4) & 0xf000;
    const at = page + 0x1000 - values.below(8);
    const [a, b] = [this.reg(), this.reg()];
    const all = [`mov ${a}, [${reg}]`, `mov [${reg}], ${b}`,
      `add dword ptr [${reg}], ${b}`, `xchg [${reg}], ${a}`,
      `mov word ptr [${reg}], bx`, `movzx ${a}, word ptr [${reg}]`,
      `inc byte ptr [${reg}]`, `cmp ${a}, [${reg}]`,
      `mov ${a}, fs:[${reg}]`, `mov es:[${reg}], ${b}`,
      `mov gs:[${reg}], ${b}`];
    return piece(`mov ${reg}, ${hex(at)}`,
      all[values.below(all.length)] ?? 'nop');
  }

  private string(): Piece {
    const { values } = this;
    const what = ['movsb', 'movsw', 'movsd', 'stosb', 'stosd', 'lodsb',
      'lodsd', 'cmpsb', 'cmpsd', 'scasb', 'scasd'][values.below(11)];
    const rep = ['', 'rep ', 'repne '][values.below(3)] ?? '';
    const compares = /^(cmp|sca)/.test(what ?? '');
    const use = rep === 'repne ' && !compares ? 'rep ' : rep;
    const page = (): string => hex(0x7000 - 16 + values.below(32));
    return piece(values.rarely(3) ? 'std' : 'cld',
      `mov esi, ${page()}`, `mov edi, ${page()}`,
      `mov ecx, ${values.below(40)}`, `${use}${what}`, 'cld');
  }

  /** Changes an instruction, soon to come or just passed. */
  private modify(): Piece {
    const { values } = this;
    const label = this.label();
    const target = [`${label}:`, `mov ${this.reg()}, ${hex(values.word())}`];
    const size = values.rarely(2) ? 'byte' : 'dword';
    const write = values.rarely(2)
      ? `inc ${size} ptr [${label}+1]`
      : `mov byte ptr [${label}+1], al`;
    const often = values.rarely(2) ? [] : [
      'test byte ptr [0x4004], 7', `jne ${label}${label}`];
    const end = often.length > 0 ? [`${label}${label}:`] : [];
    return values.rarely(2)
      ? piece('inc byte ptr [0x4004]', ...often, write, ...end, ...target)
      : piece(...target, 'inc byte ptr [0x4004]', ...often, write, ...end);
  }

  private odd(): Piece {
    const { values } = this;
    const selectors = [0x10, 0x23, 0x28, 0x30, 0x38, 0x10, 0x23];
    const selector = selectors[values.below(7)] ?? 0x10;
    const all = [
      'ud2', 'int3', 'into', 'xor ecx, ecx\ndiv ecx',
      `mov eax, [${hex(AT.ram + values.word() % 0x10000)}]`,
      `mov eax, ${selector}\nmov fs, ax`,
      `mov eax, ${selector}\nmov gs, ax`,
      `mov eax, ${selector}\nmov es, ax\nmov [0x6804], ecx\n`
        + 'mov es:[0xffe], ecx\npush ds\npop es',
      `push ds\nmov eax, ${selector}\nmov ds, ax\nmov [0x6804], ecx\n`
        + 'mov dl, [0xfff]\npop ds',
      'pushf\nor dword ptr [esp], 0x100\npopf\nnop\ninc eax\n'
        + 'pushf\nand dword ptr [esp], 0xfffffeff\npopf',
      'cli', 'sti', 'cpuid', 'rdtsc', 'in al, 0x70', 'out 0x80, al',
      'sti\nhlt', 'bound eax, [0x6810]', 'call far_16', 'mov eax, cr2',
      'pushf\nxor dword ptr [esp], 0x40000\npopf',
      'push ss\npop ss\npush eax\npop ecx',
    ];
    const text = all[values.below(all.length)] ?? 'nop';
    if (this.mode === 16 && text.includes('far_16')) return this.any();
    return piece(...text.split('\n'));
  }

  /** Page tables: entries, whole tables, and what forgets them. */
  private tables(): Piece {
    const { values } = this;
    const pages = [4, 6, 7, 8, 9, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15];
    const page = pages[values.below(pages.length)] ?? 6;
    const at = hex(AT.table + 4 * page);
    const all = [
      `and dword ptr [${at}], 0xfffffffd`,
      `or dword ptr [${at}], 2`, `and dword ptr [${at}], 0xffffff9f`,
      `xor dword ptr [${at}], 0x100`, `xor dword ptr [${at}], 4`,
      `xor dword ptr [${at}], 1`,
      `xor dword ptr [${hex(AT.table + 0x24)}], 0x1000`,
      'mov eax, cr3\nmov cr3, eax',
      `mov eax, cr3\nxor eax, ${hex(AT.directory ^ AT.other)}\nmov cr3, eax`,
      'mov eax, cr4\nxor eax, 0x80\nmov cr4, eax',
      'mov eax, cr0\nxor eax, 0x10000\nmov cr0, eax',
    ];
    const change = all[values.below(all.length)] ?? 'nop';
    const forget = values.rarely(2) ? [`invlpg [${hex(page * 4096)}]`] : [];
    return piece(...change.split('\n'), ...forget);
  }
}

/** The text of pieces. */
export function textOf(pieces: readonly Piece[]): string[] {
  return pieces.flatMap(({ head, inner, tail }) =>
    [...head, ...textOf(inner), ...tail]);
}
