import type { Mode } from '../../machine/builder.ts';
import {
  freeze, freezeLazies, type Frozen, type FrozenLazies, thaw,
  thawLazies,
} from '../../machine/record/frozen.ts';
import { Hole, Looked } from '../../machine/record/hole.ts';
import { Lazies } from '../../machine/record/lazy.ts';
import { Recorder } from '../../machine/record/recorder.ts';
import {
  allSteps, type Fields, makeTemplate, type Template,
} from '../../machine/record/template.ts';
import type { Field, State, Ty } from '../../machine/fields.ts';
import type { Strip } from '../../machine/tiers/strip.ts';
import { constTarget } from '../../machine/tiers/target.ts';
import { HOLE_AT } from '../../machine/tiers/layout.ts';
import type { Insn, Operand } from '../insn.ts';
import { meaningOf } from '../meaning/index.ts';
import {
  CO, DS, EFLAGS, EIP, ES, FS, GPR, GS, SEG, SR, ZR,
} from '../state.ts';
import { layout } from '../state.ts';
import { teachIdioms } from './idioms.ts';

/** What fills a hole: a number of so many bytes of the instruction,
 * sign-extended, is shifted to the left and cut to a mask, and
 * something is added. */
export interface Part {
  readonly hole: number;
  readonly offset: number;
  readonly bytes: 1 | 2 | 4;
  readonly shift: number;
  readonly mask: number;
  readonly add: number;
}

/** Three bits of a byte, and what else may stand there without
 * leading to another shape. */
interface Bits {
  readonly offset: number;
  readonly from: number;
  readonly values: readonly number[];
}

/** All instructions that differ in numbers only. */
export interface Shape {
  readonly id: number;
  readonly template: Template;
  readonly calls: boolean;
  /** It goes back to where somebody called. */
  readonly returns: boolean;
  /** It is the reference's, but has a short way: through a gate, or
   * back from there; to other tables, or to forget a page. */
  readonly gate: 'enter' | 'leave' | 'tables' | 'page' | undefined;
  /** Only the reference can execute it. */
  readonly foreign: boolean;
  /** The next instruction follows, as far as one can see. */
  readonly goesOn: boolean;
  /** Where it jumps to, its bytes do not say. */
  readonly wanders: boolean;
  /** It can be done many times at once. */
  readonly strip: Strip | undefined;
  /** The handler's slot, or 0: it has none yet. */
  handler: number;
}

/** How the bytes of an instruction fill a shape. */
export interface Leaf {
  readonly shape: Shape;
  readonly length: number;
  /** Bytes up to the first number. */
  readonly keyBytes: number;
  readonly parts: readonly Part[];
  readonly bits: readonly Bits[];
}

/** Which hole is for what: the length; an immediate; a displacement or
 * a distance, or where there are none a second immediate; from there
 * on, registers. */
export const HOLE =
  { LENGTH: 0, IMMEDIATE: 1, DISPLACEMENT: 2, REGISTER: 3 };

const mayBeSet = new Set([...GPR, ZR, SR, CO, EFLAGS,
  ...[ES, DS, FS, GS].flatMap((s) => {
    const { selector, rights } = SEG[s as 0];
    return [selector, rights];
  })].map(({ id }) => id));
const CONTROL_FROM = GPR[7].id;

export const lazies = new Lazies([ZR, SR, CO]);
teachIdioms(lazies, layout);

/** What translated code may set: what no other part of the processor
 * follows from. */
export const fields: Fields = {
  may: (field) => mayBeSet.has(field.id) || field.ty !== 'i32'
    && field.id > CONTROL_FROM && field.name.startsWith('xmm'),
  lazy: [ZR, SR, CO],
};

interface Plan {
  readonly insn: Insn;
  readonly parts: Part[];
  readonly bits: Bits[];
}

/** Leaves open what may be left open; `looked` names the holes that
 * some meaning looks into. */
class Planner {
  readonly parts: Part[] = [];
  readonly bits: Bits[] = [];
  at: number;
  private readonly modrm: number;
  private registerHole = HOLE.REGISTER;
  private immediateHole = HOLE.IMMEDIATE;

  constructor(
    private readonly i: Insn,
    private readonly looked: ReadonlySet<number>,
  ) {
    const opcode = i.row.map === 0 ? 1 : 2;
    this.modrm = i.prefixes.length + opcode;
    this.at = i.row.id < 0 ? i.length
      : this.modrm + Number(i.modrm >= 0) + Number(i.sib >= 0);
  }

  plan(): Plan {
    const operands = this.i.operands.map((o, k) => this.operand(o, k));
    const length = this.fill(HOLE.LENGTH, this.i.length);
    return {
      insn: { ...this.i, operands, length },
      parts: this.parts, bits: this.bits,
    };
  }

  private operand(o: Operand, k: number): Operand {
    const spec = this.i.row.operands[k];
    switch (o.kind) {
      case 'reg': return this.operandRegister(o, spec?.method ?? '');
      case 'mem': return this.memory(o, spec?.method ?? '');
      case 'rel':
        return { ...o, disp: this.read(HOLE.DISPLACEMENT, o.disp,
          spec?.type === 'b' ? 1 : sizeOf(o.bits)) };
      case 'imm': {
        if (spec?.method !== 'I') return o;
        const bytes = spec.type === 's' ? 1 : sizeOf(o.bits);
        const mask = o.bits < 32 ? (1 << o.bits) - 1 : -1;
        const hole = this.immediateHole++;
        return { ...o, value: this.read(hole, o.value, bytes, mask) };
      }
      default: return o;
    }
  }

  private operandRegister(o: Operand, method: string): Operand {
    const fixed = o.bits === 8 && method === 'F';
    if (o.cls !== 'gpr' || fixed) return o;
    const { modrm } = this;
    const like = o.bits > 8 ? ALL : o.index < 4 ? LOW : HIGH;
    const index = method === 'G' ? this.pick(o.index, modrm, 3, like)
      : 'ER'.includes(method) ? this.pick(o.index, modrm, 0, like)
        : this.register(o.index, like);
    return { ...o, index };
  }

  private memory(o: Operand, method: string): Operand {
    const modrm = this.i.addrSize === 32 && !'XYBO'.includes(method);
    const base = o.base < 0 ? o.base
      : modrm ? this.base(o.base) : this.register(o.base);
    const idx = o.idx < 0 ? o.idx
      : modrm ? this.index(o.idx) : this.register(o.idx);
    const bytes = displacement(this.i, method);
    if (bytes === 0) return { ...o, base, idx };
    const disp = this.read(HOLE.DISPLACEMENT, o.disp, bytes);
    return { ...o, base, idx, disp };
  }

  private base(index: number): number {
    const at = this.modrm + Number(this.i.sib >= 0);
    const values = PLAIN.includes(index) ? PLAIN : [index];
    return this.pick(index, at, 0, values);
  }

  private index(index: number): number {
    return this.pick(index, this.modrm + 1, 3, INDEXES);
  }

  /** A register that an opcode names. */
  private register(index: number, like = ALL): number {
    const place = placeOf(like === ALL ? index : index & 3);
    return this.fill(this.registerHole++, index, place, like === HIGH);
  }

  /** A number that is known; `what` goes into the hole. */
  private fill(
    hole: number, value: number, what = value, high = false,
  ): number {
    if (hole >= HOLE_AT.length || this.looked.has(hole)) return value;
    this.parts.push({ hole, offset: 0, bytes: 1, shift: 0, mask: 0,
      add: what });
    return new Hole(hole, high).asNumber();
  }

  /** A register that three bits of a byte name. */
  private pick(
    index: number, offset: number, from: 0 | 3,
    values: readonly number[],
  ): number {
    const hole = this.registerHole++;
    if (hole >= HOLE_AT.length || this.looked.has(hole)) return index;
    this.bits.push({ offset, from, values });
    const mask = values === LOW || values === HIGH ? 3 << 3 : 7 << 3;
    this.parts.push({ hole, offset, bytes: 1, shift: 3 - from, mask,
      add: placeOf(0) });
    return new Hole(hole, values === HIGH).asNumber();
  }

  private read(
    hole: number, value: number, bytes: 1 | 2 | 4, mask = -1,
  ): number {
    const offset = this.at;
    this.at += bytes;
    this.parts.push({ hole, offset, bytes, shift: 0, mask, add: 0 });
    if (this.looked.has(hole)) return value;
    return new Hole(hole).asNumber();
  }
}

const ALL = [0, 1, 2, 3, 4, 5, 6, 7];
/** Registers of a byte: AL to BL, and AH to BH. */
const LOW = [0, 1, 2, 3];
const HIGH = [4, 5, 6, 7];
/** ESP as a base or index, and EBP as a base, mean something else. */
const PLAIN = [0, 1, 2, 3, 6, 7];
const INDEXES = [0, 1, 2, 3, 5, 6, 7];

/** Where a general register is kept. */
const placeOf = (index: number): number => 8 * (GPR[index]?.id ?? 0);

/** The shapes of one way of recording: with the modes of `state`. */
export class Shapes {
  private readonly byKey = new Map<string, Shape>();
  /** Holes that turned out to matter, by row. */
  private readonly looked = new Map<number, Set<number>>();
  private readonly recorder: Recorder;
  /** Rows of which the tree knows instructions. */
  private readonly learned = new Set<number>();
  root: Twig = { at: 0, next: [], leaf: undefined };

  constructor(
    private readonly all: Shape[], state: State,
    hints: (mode: Mode) => number,
  ) {
    this.recorder = new Recorder(state, EIP, hints);
  }

  private leafFor(i: Insn): Leaf {
    for (;;) {
      const looked = this.looked.get(i.row.id) ?? new Set();
      const planner = new Planner(i, looked);
      const keyBytes = planner.at;
      const plan = planner.plan();
      try {
        const shape = this.shapeOf(plan);
        return { ...plan, shape, length: i.length, keyBytes };
      } catch (thrown) {
        if (!(thrown instanceof Looked)) throw thrown;
        this.looked.set(i.row.id, new Set(looked).add(thrown.index));
        if (this.learned.has(i.row.id)) this.forgetTree();
      }
    }
  }

  private shapeOf(plan: Plan): Shape {
    const key = keyOf(plan);
    const found = this.byKey.get(key);
    if (found) return found;
    const { insn } = plan;
    const recording = this.recorder.record((b) => {
      meaningOf(insn)(b, insn);
    });
    const template = makeTemplate(recording, fields, lazies);
    const shape: Shape = {
      id: this.all.length, handler: 0, calls: isCall(insn),
      returns: insn.mnemonic === 'ret', gate: gateOf(insn),
      template, strip: stripOf(insn, template), ...glance(template),
    };
    this.all.push(shape);
    this.byKey.set(key, shape);
    return shape;
  }

  /** Takes over what other shapes of this way have learned.
   * @param texts the frozen templates */
  recall(lessons: Lessons, texts: Uint8Array): void {
    const { looked, learned, shapes } = lessons;
    for (const [row, holes] of looked) {
      this.looked.set(row, new Set(holes));
    }
    for (const row of learned) this.learned.add(row);
    const ground = thawLazies(lessons.lazies, { field, lazies });
    let from = 0;
    for (const { key, end, ...traits } of shapes) {
      const text = texts.subarray(from, end);
      const make = (): Template => thaw(parsed(text), ground);
      const shape = new Remembered(this.all.length, traits, make);
      this.all.push(shape);
      this.byKey.set(key, shape);
      from = end;
    }
  }

  /** All that was learned. */
  lessons(): { lessons: Lessons; texts: Uint8Array } {
    let text = '';
    const shapes = [...this.byKey].map(([key, shape]) => {
      const { id: _, template, ...rest } = shape;
      text += JSON.stringify(freeze(template));
      return { ...rest, key, end: text.length };
    });
    const looked = [...this.looked].map(([row, holes]) =>
      [row, [...holes]] as const);
    const lessons = { looked, shapes, learned: [...this.learned],
      lazies: freezeLazies(lazies) };
    return { lessons, texts: new TextEncoder().encode(text) };
  }

  /** What is known of the instruction whose bytes begin at `from`. */
  find(bytes: Uint8Array, from: number): Leaf | undefined {
    let twig: Twig | undefined = this.root;
    while (twig && !twig.leaf) {
      twig = twig.next[bytes[from + twig.at] ?? 0];
    }
    return twig?.leaf;
  }

  /** Makes an instruction's shape known, and how bytes fill it. */
  learn(i: Insn, bytes: Uint8Array, from: number): Leaf {
    const leaf = this.leafFor(i);
    const key = leaf.keyBytes;
    const path = Array.from({ length: key }, (_, n) => n);
    this.learned.add(i.row.id);
    for (const { hole, offset, bytes: size } of leaf.parts) {
      if (!this.looked.get(i.row.id)?.has(hole)) continue;
      for (let n = 0; n < size; n++) path.push(offset + n);
    }
    let twig = this.root;
    path.forEach((at, n) => {
      const byte = bytes[from + at] ?? 0;
      const last = n === path.length - 1;
      const found = last ? leaf : undefined;
      const next = twig.next[byte]
        ?? { at: path[n + 1] ?? 0, next: [], leaf: found };
      for (const like of alike(byte, at, leaf.bits)) {
        twig.next[like] ??= next;
      }
      twig = next;
    });
    return leaf;
  }

  private forgetTree(): void {
    this.learned.clear();
    this.root = { at: 0, next: [], leaf: undefined };
  }
}

/** A decision by one byte of an instruction, or what comes of it. */
export interface Twig {
  readonly at: number;
  readonly next: (Twig | undefined)[];
  readonly leaf: Leaf | undefined;
}

/** All bytes that may stand at `at` instead of this one. */
function alike(
  byte: number, at: number, bits: readonly Bits[],
): readonly number[] {
  let all: readonly number[] = [byte];
  for (const { offset, from, values } of bits) {
    if (offset !== at) continue;
    all = all.flatMap((one) => values.map((value) =>
      one & ~(7 << from) | value << from));
  }
  return all;
}

/** What is asked of a template more often than what it says. */
function glance(
  { foreign, steps, jumps: [jump] }: Template,
): Pick<Shape, 'foreign' | 'goesOn' | 'wanders'> {
  const falls = steps.at(-1)?.kind === 'end';
  const known = jump && constTarget(jump.to, NO_HOLES, 0);
  return {
    foreign, goesOn: !foreign && falls,
    wanders: jump !== undefined && known === undefined,
  };
}

const sizeOf = (bits: number): 1 | 2 | 4 =>
  (bits === 8 ? 1 : bits === 16 ? 2 : 4);

/** The bytes of a memory operand's displacement. */
function displacement(i: Insn, method: string): 0 | 1 | 2 | 4 {
  if ('XYB'.includes(method)) return 0;
  if (method === 'O') return sizeOf(i.addrSize);
  const [mod, rm] = [i.modrm >> 6, i.modrm & 7];
  if (mod === 1) return 1;
  const wide = i.addrSize === 16 ? 2 : 4;
  if (mod === 2) return wide;
  const base = i.sib >= 0 ? i.sib & 7 : rm;
  return base === (i.addrSize === 16 ? 6 : 5) ? wide : 0;
}

const text = (n: unknown): string =>
  (n instanceof Hole ? `h${n.index}${n.high ? '+' : ''}` : String(n));

function operandKey(o: Operand): string {
  const { kind, cls, bits, seg, scale } = o;
  const open = [o.index, o.base, o.idx, o.disp, o.value, o.high];
  return `${kind} ${cls} ${bits} ${seg} ${scale} `
    + open.map(text).join(' ');
}

/** What distinguishes shapes: all that is not left open. */
function keyOf({ insn }: Plan): string {
  const { row, opSize, addrSize, mode, rep, fault, operands } = insn;
  const whole = [row.id, mode, opSize, addrSize, rep, fault,
    text(insn.length)];
  return `${whole.join(' ')}; ${operands.map(operandKey).join('; ')}`;
}

/** Where an instruction calls: it leaves a return address. */
const isCall = (i: Insn): boolean => i.mnemonic === 'call';

const NO_HOLES = HOLE_AT.map(() => 0);

function gateOf(i: Insn): Shape['gate'] {
  if (i.fault !== 0) return undefined;
  const { mnemonic, opSize, mode, operands: [to, from] } = i;
  if (mnemonic === 'int') return 'enter';
  if (mnemonic === 'iret' && opSize === 32) return 'leave';
  if (mode !== 32 || !to) return undefined;
  const directory = mnemonic === 'mov' && to.cls === 'cr'
    && to.index === 3;
  if (directory && isOpen(from?.index)) return 'tables';
  return mnemonic === 'invlpg' && isOneRegister(i, to)
    ? 'page' : undefined;
}

const isOpen = (n: unknown): boolean =>
  n instanceof Hole && n.index === HOLE.REGISTER;

/** An address in DS that is in a register. */
const isOneRegister = (i: Insn, o: Operand): boolean =>
  i.addrSize === 32 && o.seg === DS && isOpen(o.base)
  && o.idx === -1 && displacement(i, 'M') === 0;

/** A shape as it is kept. */
export interface Lesson extends Omit<Shape, 'id' | 'template'> {
  readonly key: string;
  /** Where its frozen template ends in the text of all. */
  readonly end: number;
}

/** What is kept of all shapes of a way. */
export interface Lessons {
  /** Holes that turned out to matter, by row. */
  readonly looked: readonly (readonly [number, readonly number[]])[];
  readonly learned: readonly number[];
  readonly shapes: readonly Lesson[];
  readonly lazies: FrozenLazies;
}

/** A shape with a template that is made when somebody wants it. */
class Remembered implements Shape {
  readonly calls: boolean;
  readonly returns: boolean;
  readonly gate: Shape['gate'];
  readonly foreign: boolean;
  readonly goesOn: boolean;
  readonly wanders: boolean;
  readonly strip: Strip | undefined;
  handler: number;
  private made: Template | undefined;

  constructor(
    readonly id: number, traits: Omit<Shape, 'id' | 'template'>,
    private readonly make: () => Template,
  ) {
    this.calls = traits.calls;
    this.returns = traits.returns;
    this.gate = traits.gate;
    this.foreign = traits.foreign;
    this.goesOn = traits.goesOn;
    this.wanders = traits.wanders;
    this.strip = traits.strip;
    this.handler = traits.handler;
  }

  get template(): Template { return this.made ??= this.make(); }
}

const utf8 = new TextDecoder();
const parsed = (text: Uint8Array): Frozen =>
  JSON.parse(utf8.decode(text)) as Frozen;

/** REP MOVS and REP STOS, where addresses are what registers hold. */
function stripOf(i: Insn, { steps }: Template): Strip | undefined {
  const moves = i.mnemonic === 'movs' || i.mnemonic === 'stos';
  if (!moves || i.rep === 0 || i.addrSize !== 32) return undefined;
  const plain = [...allSteps(steps)].every((step) =>
    step.kind !== 'load' && step.kind !== 'store'
    || step.va.kind === 'get');
  if (!plain) return undefined;
  const size = Math.log2((i.operands[0]?.bits ?? 8) >> 3) as 0 | 1 | 2;
  const from = i.mnemonic === 'movs' ? GPR[6].id : undefined;
  return { count: GPR[1].id, to: GPR[7].id, from, value: GPR[0].id,
    size };
}

const fieldsBy = new Map(layout.fields.map((one) =>
  [`${one.ty} ${one.id}`, one]));

function field(ty: Ty, id: number): Field<Ty> {
  const found = fieldsBy.get(`${ty} ${id}`);
  if (!found) throw new Error(`no field ${ty} ${id}`);
  return found;
}
