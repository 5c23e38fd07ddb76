import type { Adr, Builder, Routine, V } from
  '../../machine/builder.ts';
import type { Cpu } from '../cpu.ts';
import {
  access, linear, type Meaning, next, offset, operand, read, write,
} from '../operands.ts';
import { PE, VM } from '../segment.ts';
import {
  CR0, CR2, CR3, CR4, EFLAGS, GDTR_BASE, GDTR_LIMIT, HALTED,
  IDTR_BASE, IDTR_LIMIT, LDTR, SEG, TR, ZR,
} from '../state.ts';
import {
  accessRights, CR0_TS, loadLdt, loadTask, segmentLimit, verify,
  writeControl,
} from '../system.ts';
import { FAULT } from '../vectors.ts';
import { privileged } from './identify.ts';
import { invlpg } from './paging.ts';

const only0 = (meaning: Meaning): Meaning => (b, i) => {
  privileged(b);
  meaning(b, i);
};

/** #UD in real-address and virtual-8086 mode. */
function needsProtection<A extends Adr>(b: Builder<A>): void {
  const { i32 } = b;
  const real = i32.eqz(i32.and(b.get(CR0), i32.const(PE)));
  const virtual = i32.and(b.get(EFLAGS), i32.const(VM));
  b.if(i32.or(real, virtual), () => b.trap(FAULT.UD));
}

const protectedOnly = (meaning: Meaning): Meaning => (b, i) => {
  needsProtection(b);
  meaning(b, i);
};

type Table = readonly [base: typeof GDTR_BASE, limit: typeof GDTR_BASE];
const GDT: Table = [GDTR_BASE, GDTR_LIMIT];
const IDT: Table = [IDTR_BASE, IDTR_LIMIT];

const loadTable = ([base, limit]: Table): Meaning => (b, i) => {
  const op = operand(i, 0);
  const { i32, addr } = b;
  const at = linear(b, op.seg, offset(b, i, op), 6, 'r');
  const size = b.load('i32', at, access(16, 'r'));
  const above = addr.add(at, addr.const(2));
  const whole = b.load('i32', above, access(32, 'r'));
  const mask = i.opSize === 16 ? 0xff_ffff : -1;
  b.set(limit, size);
  b.set(base, i32.and(whole, i32.const(mask)));
};

const storeTable = ([base, limit]: Table): Meaning => (b, i) => {
  const op = operand(i, 0);
  const { addr } = b;
  const at = linear(b, op.seg, offset(b, i, op), 6, 'w');
  const above = addr.add(at, addr.const(2));
  b.store('i32', at, b.get(limit), access(16, 'w'));
  b.store('i32', above, b.get(base), access(32, 'w'));
};

/** A routine of one number. */
function routine(
  name: string, run: (cpu: Cpu, value: number) => number | void,
): Routine<Cpu> {
  return { name, run: (cpu, value = 0) => run(cpu, value) ?? 0 };
}

/** A meaning: routine `r` on operand 0. */
const does = (r: Routine<Cpu>): Meaning => (b, i) => {
  b.routine(r, read(b, i, 0));
};

const storeSelector = (s: typeof LDTR | typeof TR): Meaning =>
  (b, i) => write(b, i, 0, b.get(SEG[s].selector));

const lldt = does(routine('lldt', loadLdt));
const ltr = does(routine('ltr', loadTask));

const seesRights: Routine<Cpu> = routine('seesRights',
  (cpu, s) => (accessRights(cpu, s & 0xffff) < 0 ? 0 : 1));
const rights: Routine<Cpu> = routine('rights',
  (cpu, s) => accessRights(cpu, s & 0xffff));
const seesLimit: Routine<Cpu> = routine('seesLimit',
  (cpu, s) => (segmentLimit(cpu, s & 0xffff) === undefined ? 0 : 1));
const limit: Routine<Cpu> = routine('limit',
  (cpu, s) => segmentLimit(cpu, s & 0xffff) ?? 0);

const ask = (sees: Routine<Cpu>, answer: Routine<Cpu>): Meaning =>
  (b, i) => {
    const selector = read(b, i, 1);
    const seen = b.routine(sees, selector);
    b.set(ZR, b.i32.eqz(seen));
    b.if(seen, () => write(b, i, 0, b.routine(answer, selector)));
  };

const verr = routine('verr', (cpu, s) =>
  (verify(cpu, s & 0xffff, false) ? 0 : 1));
const verw = routine('verw', (cpu, s) =>
  (verify(cpu, s & 0xffff, true) ? 0 : 1));

const askZero = (r: Routine<Cpu>): Meaning => (b, i) =>
  b.set(ZR, b.routine(r, read(b, i, 0)));

const arpl: Meaning = (b, i) => {
  const { i32 } = b;
  const mine = read(b, i, 0);
  const three = i32.const(3);
  const caller = i32.and(read(b, i, 1), three);
  const low = i32.ltu(i32.and(mine, three), caller);
  b.set(ZR, i32.eqz(low));
  b.if(low, () => {
    const index = i32.and(mine, i32.const(0xfffc));
    write(b, i, 0, i32.or(index, caller));
  });
};

const CONTROL = [CR0, CR0, CR2, CR3, CR4];

const setControl: Routine<Cpu> = {
  name: 'writeControl',
  run(cpu, n = 0, value = 0) {
    writeControl(cpu, n, value);
    return 0;
  },
};

const movControl: Meaning = (b, i) => {
  const [to, from] = [operand(i, 0), operand(i, 1)];
  if (to.cls !== 'cr') {
    return write(b, i, 0, b.get(CONTROL[from.index] ?? CR0));
  }
  b.routine(setControl, b.i32.const(to.index), read(b, i, 1));
  b.jump(b.addr.extendU(next(b, i)));
};

const lmsw: Meaning = (b, i) => {
  const { i32 } = b;
  const old = b.get(CR0);
  const low = i32.and(read(b, i, 0), i32.const(0xf));
  const sticky = i32.and(old, i32.const(PE));
  const kept = i32.and(old, i32.const(~0xf));
  const value = i32.or(kept, i32.or(sticky, low));
  b.routine(setControl, i32.const(0), value);
  b.jump(b.addr.extendU(next(b, i)));
};

const smsw: Meaning = (b, i) => write(b, i, 0, b.get(CR0));

const clts: Meaning = (b) => {
  const { i32 } = b;
  b.set(CR0, i32.and(b.get(CR0), i32.const(~CR0_TS)));
};

const hlt: Meaning = (b) => b.set(HALTED, b.i32.const(1));

export const system: Record<string, Meaning> = {
  hlt: only0(hlt),
  lgdt: only0(loadTable(GDT)), lidt: only0(loadTable(IDT)),
  sgdt: storeTable(GDT), sidt: storeTable(IDT),
  lldt: protectedOnly(only0(lldt)), ltr: protectedOnly(only0(ltr)),
  sldt: protectedOnly(storeSelector(LDTR)),
  str: protectedOnly(storeSelector(TR)),
  lar: protectedOnly(ask(seesRights, rights)),
  lsl: protectedOnly(ask(seesLimit, limit)),
  verr: protectedOnly(askZero(verr)),
  verw: protectedOnly(askZero(verw)), arpl: protectedOnly(arpl),
  'mov.cr': only0(movControl), lmsw: only0(lmsw), smsw,
  clts: only0(clts),
  invlpg: only0(invlpg),
};
