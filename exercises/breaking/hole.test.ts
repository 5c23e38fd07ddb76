import { expect, test } from 'vitest';
import { newScene, Rig } from '#book/xen/attacks/rig.ts';
import { VALIDATED } from '#book/xen/common/frames.ts';
import { frameOf, L2_FIRST_XEN_SLOT } from '#book/xen/x86/pte.ts';
import { hole } from './hole.ts';

const scene = newScene();

/** The message after one entry of the attacker's hole has changed. */
function after(slot: number, change = true): string {
  const r = new Rig(scene);
  const top = r.v().arch.guestTable;
  const l2 = frameOf(r.phys.read64(top * 4096 + 24));
  const at = l2 * 4096 + slot * 8;
  if (change) r.phys.write64(at, r.phys.read64(at) ^ 0x1000n);
  return hole(r);
}

test('a whole hole', () => {
  expect(after(L2_FIRST_XEN_SLOT, false)).toBe('');
});

test.each([0, 1, 2, 7, 10, 511 - L2_FIRST_XEN_SLOT])(
  'entry %i of the hole', (n) => {
    expect(after(L2_FIRST_XEN_SLOT + n)).not.toBe('');
  });

test("the guest's own entries are its own", () => {
  expect(after(L2_FIRST_XEN_SLOT - 1)).toBe('');
});

test('a table that is no longer in use', () => {
  const r = new Rig(scene);
  const top = r.v().arch.guestTable;
  const l2 = frameOf(r.phys.read64(top * 4096 + 24));
  r.phys.write64(l2 * 4096 + L2_FIRST_XEN_SLOT * 8, 0n);
  r.frames.flags[l2]! &= ~VALIDATED;
  expect(hole(r)).toBe('');
});
