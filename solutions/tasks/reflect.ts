import type { Cpu } from '#book/x86/cpu.ts';

const IF_AND_TF = 0x300;

/** Lets the guest's own handler of `vector` have the interrupt. */
export function reflect(
  cpu: Cpu, frame: number, vector: number, length: number,
): void {
  const item = (n: number): number =>
    cpu.load(frame + 4 * n, 32, 'sys');
  const [ip, cs, flags, esp, ss] = [0, 1, 2, 3, 4].map(item) as
    [number, number, number, number, number];
  let sp = esp & 0xffff;
  for (const word of [flags, cs, ip + length]) {
    sp = (sp - 2) & 0xffff;
    cpu.store(ss * 16 + sp, word & 0xffff, 16, 'sys');
  }
  const put = (n: number, value: number): void =>
    cpu.store(frame + 4 * n, value, 32, 'sys');
  put(0, cpu.load(4 * vector, 16, 'sys'));
  put(1, cpu.load(4 * vector + 2, 16, 'sys'));
  put(2, flags & ~IF_AND_TF);
  put(3, (esp & ~0xffff) | sp);
}
