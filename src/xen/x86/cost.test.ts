import { expect, test } from 'vitest';
import { runXen, startXen } from '../boot.ts';
import { handmade } from '../handmade.ts';

function retired(calls: number): number {
  const xen = startXen({ ramBytes: 0x100_0000 });
  const source = 'mov eax, 77\nint 0x82\n'.repeat(calls);
  handmade(xen, `${source}ud2`);
  runXen(xen);
  return xen.cpu.retired;
}

test('a hypercall costs 33 instructions of stubs', () => {
  const guests = 2; // the guest's own: mov, int
  expect(retired(2) - retired(1) - guests).toBe(33);
  expect(retired(3) - retired(2) - guests).toBe(33);
});
