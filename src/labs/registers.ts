import {
  BIG, dplOf, isCode, isConforming, isExpandDown,
  isPresent, isReadable, isWritable, systemType,
} from '../x86/descriptor.ts';
import type { Cpu } from '../x86/cpu.ts';
import * as flag from '../x86/flags.ts';
import { readEflags } from '../x86/flags.ts';
import { extentOf } from '../x86/segment.ts';
import {
  CPL, CR0, CR2, CR3, CR4, EIP, GPR, SEG,
} from '../x86/state.ts';
import type { Tenant } from './rig.ts';
import type {
  FlagView, PrivilegeView, RegisterView, SegmentView,
} from './view.ts';

/** Values at another moment, by name. */
export type Before = ReadonlyMap<string, number>;

/** Everything about a processor that may be marked as changed. */
export function valuesOf(cpu: Cpu): Map<string, number> {
  const all = [...GPR, EIP, CR0, CR2, CR3, CR4].map(
    (field): [string, number] => [field.name, cpu.get(field)]);
  const segments = SEG.map(({ selector }): [string, number] =>
    [selector.name, cpu.get(selector)]);
  return new Map(
    [...all, ...segments, ['eflags', readEflags(cpu)]]);
}

const view = (
  name: string, now: Before, before: Before,
): RegisterView => ({
  name, value: now.get(name) ?? 0,
  changed: before.has(name) && before.get(name) !== now.get(name),
});

/** The general registers and EIP; or the control registers. */
export const generalViews = (now: Before, before: Before) =>
  [...GPR, EIP].map(({ name }) => view(name, now, before));
export const controlViews = (now: Before, before: Before) =>
  [CR0, CR2, CR3, CR4].map(({ name }) => view(name, now, before));
export const eflagsView = (now: Before, before: Before) =>
  view('eflags', now, before);

const FLAGS = ['CF', 'PF', 'AF', 'ZF', 'SF', 'TF', 'IF', 'DF', 'OF',
  'IOPL', 'NT', 'RF', 'VM', 'AC', 'VIF', 'VIP', 'ID'] as const;

/** EFLAGS, taken apart. */
export function flagViews(now: Before, before: Before): FlagView[] {
  const { value } = view('eflags', now, before);
  const old = before.get('eflags') ?? value;
  return FLAGS.map((name) => {
    const mask = flag[name];
    const bit = 31 - Math.clz32(mask & -mask);
    const changed = ((old ^ value) & mask) !== 0;
    return { name, bit, value: (value & mask) >>> bit, changed };
  });
}

/** A segment's kind in words. */
export function kindOf(rights: number): string {
  if (!isPresent(rights)) return 'unusable';
  const system = systemType(rights);
  if (system !== 0) return SYSTEM[system] ?? `system, type ${system}`;
  const bits = (rights & BIG) !== 0 ? '32 bits' : '16 bits';
  if (isCode(rights)) {
    const how = isConforming(rights) ? ', conforming' : '';
    return `code, ${bits}${isReadable(rights) ? '' : ', not readable'}`
      + how;
  }
  const down = isExpandDown(rights) ? ', expands down' : '';
  const how = isWritable(rights) ? 'writable' : 'read only';
  return `data, ${how}${down}`;
}

const SYSTEM: Record<number, string> = {
  1: '16-bit TSS', 2: 'LDT', 3: 'busy 16-bit TSS', 9: '32-bit TSS',
  11: 'busy 32-bit TSS',
};

export function segmentViews(
  cpu: Cpu, now: Before, before: Before,
): SegmentView[] {
  return SEG.map(({ selector }, s) => {
    const { base, limit, rights } = extentOf(cpu, s);
    const { name, value, changed } = view(selector.name, now, before);
    return {
      name, selector: value, base, limit, dpl: dplOf(rights),
      present: isPresent(rights), kind: kindOf(rights), changed,
    };
  });
}

/** The rings, who lives there, and where the processor is. */
export function privilegeView(
  cpu: Cpu, tenants: readonly Tenant[], domain: number | undefined,
): PrivilegeView {
  const level = cpu.get(CPL);
  const virtual = (readEflags(cpu) & flag.VM) !== 0;
  const mode = (cpu.get(CR0) & 1) === 0 ? 'real'
    : virtual ? 'virtual-8086' : 'protected';
  const rings = ([0, 1, 2, 3] as const).map((ring) => ({
    ring, lives: tenants[ring]?.lives ?? 'nobody',
    who: tenants[ring]?.who ?? 'nobody', here: ring === level,
  }));
  return {
    cpl: level, mode, rings,
    ...(domain === undefined ? {} : { domain }),
  };
}
