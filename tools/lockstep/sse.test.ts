import { expect, test } from 'vitest';
import { Phys } from '../../src/machine/phys.ts';
import { Cpu } from '../../src/x86/cpu.ts';
import { sharedPhys, translate } from '../../src/x86/fast/fast.ts';
import { assembleProgram } from '../../src/x86/program.ts';
import { CR4, EIP, ESP, flat } from '../../src/x86/state.ts';
import { tuned, TUNINGS } from './lockstep.ts';

// Moves and logic of vectors are translated; what calculates with
// numbers that have a point is left to the reference.
const source = `mov ecx, 200
  again: movups xmm1, [esi+0x4001]
  movaps xmm2, [esi+0x4010]
  pxor xmm1, xmm2
  por xmm2, xmm1
  pand xmm3, xmm2
  movdqa xmm4, xmm1
  movq xmm5, xmm4
  movd xmm6, ecx
  movhps xmm4, [esi+0x4020]
  movlps [edi+0x5008], xmm4
  movss xmm7, [esi+0x4004]
  movups [edi+0x5ffb], xmm2
  movd eax, xmm1
  addps xmm0, xmm6
  movdqu [edi+0x5101], xmm0
  add [esi+0x4014], eax
  unpcklpd xmm3, xmm6
  movmskps edx, xmm1
  loop again
  hlt`;

function run(fast: boolean): { words: Int32Array; ram: Uint8Array;
  foreign: number; retired: number } {
  const { bytes } = assembleProgram(source, { origin: 0x1000, mode: 32 });
  const cpu = new Cpu(fast ? sharedPhys(0x10_000) : new Phys(0x10_000));
  const translator = fast ? translate(cpu) : undefined;
  flat(cpu.state);
  cpu.phys.writeBytes(0x1000, bytes);
  for (let n = 0; n < 0x200; n++) cpu.phys.write8(0x4000 + n, n * 37 + 11);
  cpu.set(EIP, 0x1000);
  cpu.set(ESP, 0x8000);
  cpu.set(CR4, 0x600);
  expect(cpu.run(100_000)).toBe('halted');
  return { words: cpu.state.save(), ram: cpu.phys.readBytes(0, 0x10_000),
    foreign: translator?.counts.foreign ?? 0, retired: cpu.retired };
}

const reference = run(false);

test.each(Object.keys(TUNINGS))('vectors in lockstep: %s', (name) => {
  const { foreign, ...ours } = tuned(TUNINGS[name] ?? {}, () => run(true));
  const { foreign: _none, ...theirs } = reference;
  expect(ours).toEqual(theirs);
  expect(foreign).toBeLessThan(reference.retired / 3);
});
