import { expect, test } from 'vitest';
import { runXen, startXen } from '../boot.ts';
import { handmade } from '../handmade.ts';
import { entryFor, frameOf, P, RW } from './pte.ts';

test('who writes an entry, reads the machine', () => {
  const xen = startXen({ ramBytes: 0x100_0000 });
  const v = handmade(xen, 'mov eax, [0x2000]\nud2');
  const { text } = xen.root.arch;
  const follow = (table: number, i: number) =>
    frameOf(xen.phys.read64(table * 4096 + i * 8));
  const l1 = follow(follow(v.arch.guestTable, 0), 0);
  // What the guest would do, were the table mapped for it.
  xen.phys.write64(l1 * 4096 + 2 * 8, entryFor(text, P | RW));
  runXen(xen);
  expect(v.arch.regs.eax).toBe(xen.phys.read32(text * 4096));
});
