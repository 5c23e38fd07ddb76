import { expect, test } from 'vitest';
import { startXen } from '#book/xen/boot.ts';
import { handmade } from '#book/xen/handmade.ts';
import { allocDomainFrames } from '#book/xen/common/frames.ts';
import { putPageType } from '#book/xen/x86/mm.ts';
import { PGT } from '#book/xen/x86/page-type.ts';
import { entryFor } from '#book/xen/x86/pte.ts';
import { getPageType } from './get-type.ts';

function aFrame() {
  const xen = startXen({ ramBytes: 0x100_0000 });
  const { domain } = handmade(xen, 'ud2');
  const mfn = allocDomainFrames(xen, domain, 0);
  return { xen, mfn, f: xen.root.frames };
}

test('uses of one type add up, and go', () => {
  const { xen, mfn, f } = aFrame();
  for (let n = 1; n <= 3; n++) {
    expect(getPageType(xen, mfn, PGT.writable)).toBe(0);
    expect(f.typeCount[mfn]).toBe(n);
  }
  expect(getPageType(xen, mfn, PGT.l1)).toBe(-22);
  expect(f.typeCount[mfn]).toBe(3);
  for (let n = 0; n < 3; n++) putPageType(xen, mfn);
  expect(getPageType(xen, mfn, PGT.l1)).toBe(0);
  expect(getPageType(xen, mfn, PGT.writable)).toBe(-22);
});

test('a table that is refused has no type', () => {
  const { xen, mfn, f } = aFrame();
  xen.phys.write64(mfn * 4096, entryFor(1, 1n));
  expect(getPageType(xen, mfn, PGT.l1)).toBe(-22);
  expect(f.typeCount[mfn]).toBe(0);
  xen.phys.write64(mfn * 4096, 0n);
  expect(getPageType(xen, mfn, PGT.l1)).toBe(0);
});

test('an unfinished check is not trusted', () => {
  const { xen, mfn, f } = aFrame();
  f.type[mfn] = PGT.l2;
  f.typeCount[mfn] = 1;
  expect(getPageType(xen, mfn, PGT.l2)).toBe(-16);
  expect(f.typeCount[mfn]).toBe(1);
});

test('the guest runs on it', () => {
  const { xen } = aFrame();
  const top = xen.root.domains.get(1)!.vcpus[0]!.arch.guestTable;
  expect(xen.root.frames.type[top]).toBe(PGT.l3);
  expect(xen.root.frames.typeCount[top]).toBe(1);
});
