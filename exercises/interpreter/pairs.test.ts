import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { load } from '#book/x86/bare.ts';
import { decode } from '#book/x86/decode.ts';
import { Contexts } from '#book/x86/fast/contexts.ts';
import { EIP, HALTED } from '#book/x86/state.ts';
import { type Executed, fuse } from './pairs.ts';

const traceOf = (text: string): Executed[] =>
  text.split(' ').map((word) => ({
    shape: parseInt(word, 10), jumps: word.endsWith('j'),
  }));

test.each([
  ['1 2 1 2 3', 1, [[1, 2]], 3],
  ['1 1 1 1 1', 1, [[1, 1]], 3],
  ['1 2j 1 2j 1 2j 3', 2, [[1, 2]], 4],
  ['5 4 9j 3 2 9j', 1, [[2, 9]], 5],
  ['1 2 3 1 2 3 2 3', 2, [[2, 3], [1, 2]], 5],
  ['1 1 1 2 3 2 3', 1, [[1, 1]], 6],
] as const)('%s', (text, most, pairs, dispatches) => {
  expect(fuse(traceOf(text), most)).toEqual({ pairs, dispatches });
});

function executed(file: string): Executed[] {
  const cpu = load(readFileSync(file, 'utf8'));
  const shapes = new Contexts(cpu.state).now()?.shapes;
  if (!shapes) throw new Error('no context');
  const bytes = cpu.phys.readBytes(0, cpu.phys.size);
  const trace: Executed[] = [];
  while (cpu.get(HALTED) === 0) {
    const at = cpu.get(EIP);
    const { shape } = shapes.find(bytes, at) ?? shapes.learn(
      decode((n) => bytes[at + n] ?? 0, 32), bytes, at);
    const jumps = shape.template.jumps.length > 0;
    trace.push({ shape: shape.id, jumps });
    cpu.run(cpu.retired + 1);
  }
  return trace;
}

test('the sieve', () => {
  const trace = executed('src/guests/sieve.asm');
  expect(trace.length).toBe(15613);
  const { pairs, dispatches } = fuse(trace, 3);
  expect(pairs.length).toBe(3);
  expect(dispatches).toBe(11533);
});
