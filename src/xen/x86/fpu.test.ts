import { expect, test } from 'vitest';
import { runXen, startXen } from '../boot.ts';
import { handmade } from '../handmade.ts';
import { restoreXen, saveXen } from '../snapshot.ts';
import { saveFpu } from './fpu.ts';

const options = { ramBytes: 0x100_0000 };

/** A guest that loads numbers, and counts on. */
const holding = (load: string, n: number): string => `
  ${load}
  mov eax, ${n}
  movd xmm3, eax
  again: fld st(0)
  fstp st(1)
  inc ecx
  jmp again`;

test('each guest finds its own numbers again', () => {
  const start = startXen(options);
  handmade(start, holding('fldpi', 11));
  handmade(start, holding('fld1', 22), 2);
  start.root.charges.slice = 5_000;
  runXen(start, 120_000);
  const xen = restoreXen(saveXen(start), options);
  runXen(xen, 250_000);
  const seen = [1, 2].map((id) => {
    const v = xen.root.domains.get(id)!.vcpus[0]!;
    saveFpu(xen, v);
    const view = new DataView(v.arch.fpu.buffer);
    expect(v.arch.regs.ecx).toBeGreaterThan(100);
    return [view.getUint32(36, true), view.getUint32(160 + 48, true)];
  });
  expect(seen).toEqual([[0xc90f_daa2, 11], [0x8000_0000, 22]]);
}, 60_000);
