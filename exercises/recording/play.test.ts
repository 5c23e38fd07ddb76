import { expect, test } from 'vitest';
import { assemble } from '#book/x86/assemble.ts';
import { load } from '#book/x86/bare.ts';
import { Values } from '#book/x86/campaign/values.ts';
import { decode } from '#book/x86/decode.ts';
import { onPaper } from '#book/x86/fast/paper.ts';
import { meaningOf } from '#book/x86/meaning/index.ts';
import { EIP, ESP, GPR, layout } from '#book/x86/state.ts';
import { play } from './play.ts';

const decoded = (text: string) => {
  const bytes = assemble(text, 0, 32);
  return decode((n) => bytes[n] ?? 0, 32);
};

function machine(seed: number) {
  const cpu = load('nop');
  const values = new Values(seed);
  for (const reg of GPR) cpu.set(reg, values.below(0x2000) * 4);
  cpu.set(ESP, 0x8000);
  for (let at = 0; at < 0x8100; at += 4) {
    cpu.phys.write32(at, values.word());
  }
  return cpu;
}

type Machine = ReturnType<typeof machine>;

function differences(want: Machine, got: Machine): string {
  const words = got.state.save();
  const fields = [...want.state.save().entries()]
    .filter(([n, word]) => words[n] !== word)
    .map(([n, word]) => {
      const field = layout.fields.find(({ id }) => id === n >> 1);
      return `${field?.name ?? n} is ${words[n]}, not ${word}`;
    });
  const bytes = got.phys.readBytes(0, 0x9000);
  const at = want.phys.readBytes(0, 0x9000)
    .findIndex((byte, n) => bytes[n] !== byte);
  if (at >= 0) fields.push(`memory differs at 0x${at.toString(16)}`);
  return fields.join('; ');
}

function both(text: string, seed: number): string {
  const insn = decoded(text);
  const [one, two] = [machine(seed), machine(seed)];
  one.evaluator.begin();
  meaningOf(insn)(one.evaluator, insn);
  one.evaluator.finish(insn.length);
  const { steps } = onPaper(insn, two.state);
  const { memory } = two.evaluator.host;
  const came = play(steps, two.state, EIP, {
    load: (va, access) => memory.load(va, access) | 0,
    store: (va, value, access) => { memory.store(va, value, access); },
  });
  if (came === 'next') two.set(EIP, two.get(EIP) + insn.length);
  expect(came).not.toBe('bailed');
  return differences(one, two);
}

test.each([
  'add eax, ebx', 'xchg eax, ebx', 'push ecx', 'mul ecx', 'inc al',
  'pop dword ptr [esp+4]', 'adc al, bl', 'shl eax, cl', 'imul edx',
  'loop 0x10', 'jz 0x10', 'cmpxchg [ebx], ecx', 'xadd [ebx], eax',
  'call 0x20', 'ret', 'bswap edi', 'rol word ptr [esi], 3', 'pusha',
])('%s', (text) => {
  for (let seed = 1; seed < 6; seed++) {
    expect(both(text, seed)).toBe('');
  }
});

test('what is left to the reference sets nothing', () => {
  const cpu = machine(1);
  const before = cpu.state.save();
  const { steps } = onPaper(decoded('int 3'), cpu.state);
  const none = () => { throw new Error('no memory is needed'); };
  const memory = { load: none, store: none };
  expect(play(steps, cpu.state, EIP, memory)).toBe('bailed');
  expect(cpu.state.save()).toEqual(before);
});
