import { EXTENDED, isFinite, unpack } from
  '../machine/float/format.ts';
import type { Cpu } from '../x86/cpu.ts';
import { isEmpty, readSt, topOf } from '../x86/fpu/registers.ts';
import { readXmm } from '../x86/sse/registers.ts';
import { FPU_CW, FPU_SW, MXCSR } from '../x86/state.ts';
import type {
  FlagView, FloatsView, RegisterView, StackView, WideView,
} from './view.ts';

/** By their numbers in the tag word. */
const TAGS = ['valid', 'zero', 'special', 'empty'] as const;

const digits = (bits: bigint, n: number): string =>
  bits.toString(16).padStart(n, '0');

const EIGHT = [0, 1, 2, 3, 4, 5, 6, 7];

function stack(cpu: Cpu, before: FloatsView | undefined): StackView[] {
  return EIGHT.map((i) => {
    const place = (topOf(cpu) + i) % 8;
    const now = { ...content(cpu, i), name: `st${i}`, place };
    const old = before?.stack.find((r) => r.place === place);
    const changed = old !== undefined
      && (old.bits !== now.bits || old.tag !== now.tag);
    return { ...now, changed };
  });
}

function content(cpu: Cpu, i: number) {
  const bits = readSt(cpu, i);
  const number = unpack(EXTENDED, bits);
  const tag = isEmpty(cpu, i) ? 'empty'
    : number.kind === 'normal' ? 'valid'
    : number.kind === 'zero' ? 'zero' : 'special';
  const sign = number.sign === 0 ? '' : '-';
  const value = tag === 'empty' ? ''
    : !isFinite(number) ? sign + number.kind
    : sign + String(Number(number.sig) * 2 ** number.exp);
  return { tag, bits: digits(bits, 20), value } as const;
}

function wide(cpu: Cpu, before: FloatsView | undefined): WideView[] {
  return EIGHT.map((n) => {
    const bits = digits(BigInt.asUintN(128, readXmm(cpu, n)), 32);
    const old = before?.xmm[n]?.bits;
    const changed = old !== undefined && old !== bits;
    return { name: `xmm${n}`, bits, changed };
  });
}

function words(
  cpu: Cpu, now: readonly StackView[], before: FloatsView | undefined,
): RegisterView[] {
  const tags = now.reduce((word, { tag, place }) =>
    word | TAGS.indexOf(tag) << (2 * place), 0);
  const values = {
    cw: cpu.get(FPU_CW), sw: cpu.get(FPU_SW), tw: tags,
    mxcsr: cpu.get(MXCSR),
  };
  return Object.entries(values).map(([name, value]) => {
    const old = before?.words.find((word) => word.name === name);
    return { name, value, changed: old ? old.value !== value : false };
  });
}

/** SDM vol. 1 §8.1.3, from bit 0; TOP stands before C3. */
const STATUS = ['IE', 'DE', 'ZE', 'OE', 'UE', 'PE', 'SF', 'ES',
  'C0', 'C1', 'C2'];
const PARTS: readonly (readonly [name: string, bit: number])[] = [
  ...STATUS.map((name, bit) => [name, bit] as const), ['C3', 14]];

function statusFlags(
  cpu: Cpu, before: FloatsView | undefined,
): FlagView[] {
  const word = cpu.get(FPU_SW);
  const old = before?.words.find(({ name }) => name === 'sw');
  const differs = word ^ (old?.value ?? word);
  const flags = PARTS.map(([name, bit]) => ({
    name, bit, value: word >>> bit & 1,
    changed: (differs >>> bit & 1) !== 0,
  }));
  const top = { name: 'TOP', bit: 11, value: topOf(cpu),
    changed: (differs >>> 11 & 7) !== 0 };
  return [...flags, top];
}

/** The registers of the x87 unit and of SSE. */
export function floatsView(
  cpu: Cpu, before: FloatsView | undefined,
): FloatsView {
  const registers = stack(cpu, before);
  return {
    stack: registers, xmm: wide(cpu, before),
    words: words(cpu, registers, before),
    status: statusFlags(cpu, before),
  };
}
