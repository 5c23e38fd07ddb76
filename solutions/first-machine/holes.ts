import { makeToy, meaning, step } from '#book/toy/machine.ts';

/** All that an instruction did in a ring, or nothing: a trap. */
function effect(
  opcode: number, ring: 0 | 3, zf: boolean, kind: boolean,
): string | undefined {
  const said: number[] = [];
  const m = makeToy(0x100, (port, byte) => said.push(port, byte));
  m.memory.set([opcode, 0xc8]);
  m.reg.fill(0x40);
  Object.assign(m, { ring, zf, kind });
  if (step(m)) return undefined;
  return JSON.stringify(
    [[...m.reg], m.eip, m.zf, m.halted, [...m.memory], said]);
}

/** First bytes whose meaning depends on the ring, untrapped. */
export function holes(kind: boolean): number[] {
  const tells = (opcode: number) => [false, true].some((zf) => {
    const user = effect(opcode, 3, zf, kind);
    return user !== undefined && user !== effect(opcode, 0, zf, kind);
  });
  return [...meaning.keys()].sort((a, b) => a - b).filter(tells);
}
