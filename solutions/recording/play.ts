import type { Access } from '#book/machine/builder.ts';
import type { Field, State } from '#book/machine/fields.ts';
import { plain32, plain64 } from '#book/machine/plain.ts';
import type { Node, Setting, Step } from
  '#book/machine/record/node.ts';

export interface Memory {
  load(va: number, access: Access): number;
  store(va: number, value: number, access: Access): void;
}

type Worth = number | bigint;
type Table = Record<string, (...args: Worth[]) => Worth>;
const tables = { i32: plain32, i64: plain64 } as unknown as
  Record<string, Table>;

/** Does what the steps say. */
export function play(
  steps: readonly Step[], state: State, pc: Field<'i32'>,
  memory: Memory,
): 'next' | 'jumped' | 'bailed' {
  const temps = new Map<number, Worth>();

  function valueOf(n: Node): Worth {
    if (n.kind === 'const') return n.value;
    if (n.kind === 'temp') return temps.get(n.temp) ?? 0;
    if (n.kind === 'get') {
      const id = n.field?.id ?? 0;
      return (n.ty === 'i32' ? state.i32[2 * id] : state.i64[id]) ?? 0;
    }
    const [ty = '', name = ''] = n.name.split('.');
    return tables[ty]?.[name]?.(...n.args.map(valueOf)) ?? 0;
  }
  const number = (n: Node): number => Number(valueOf(n));

  function setAll(sets: readonly Setting[]): void {
    const values = sets.map(({ value }) => valueOf(value));
    sets.forEach(({ ref }, n) => {
      if (!('id' in ref)) return;
      const value = values[n] ?? 0;
      if (ref.ty === 'i32') state.i32[2 * ref.id] = Number(value);
      else state.i64[ref.id] = BigInt(value);
    });
  }

  function all(list: readonly Step[]): ReturnType<typeof play> | null {
    for (const step of list) {
      const end = one(step);
      if (end) return end;
    }
    return null;
  }

  function one(step: Step): ReturnType<typeof play> | null {
    switch (step.kind) {
      case 'let': return null;
      case 'put':
        temps.set(step.node.temp, valueOf(step.value));
        return null;
      case 'load': {
        const value = memory.load(number(step.va), step.access);
        temps.set(step.node.temp, value);
        return null;
      }
      case 'store':
        memory.store(number(step.va), number(step.value), step.access);
        return null;
      case 'if':
        return all(number(step.c) !== 0 ? step.then : step.otherwise);
      case 'bail': return 'bailed';
      case 'jump': {
        const to = number(step.to);
        setAll(step.sets);
        state.set(pc, to);
        return 'jumped';
      }
      case 'end':
        setAll(step.sets);
        return 'next';
    }
  }
  return all(steps) ?? 'next';
}
