import { expect, test } from 'vitest';
import { addGuest, openLab, vcpuOf, type Lab } from
  '../../guests/lab.ts';
import { helloSource } from '../../guests/pv-hello.ts';
import { StartInfo } from '../../xen/public/xen.ts';
import { DOMCTL } from '../../xen/public/domctl.ts';
import { domctl } from './bench.ts';
import type { Built } from './build.ts';

/** The last-level entry for an address, by hand: three lookups. */
function entryFor({ xen }: Lab, domid: number, va: number): bigint {
  const l3 = vcpuOf(xen, domid).arch.guestTable;
  const index = (shift: number) => Math.floor(va / 2 ** shift) & 511;
  let mfn = l3;
  let entry = 0n;
  for (const shift of [30, 21, 12]) {
    entry = xen.phys.read64(mfn * 4096 + index(shift) * 8);
    if ((entry & 1n) === 0n) return 0n;
    mfn = Number(entry >> 12n & 0xff_ffffn);
  }
  return entry;
}

test.each([0, 0xc000_0000])('waking up at %i', (base) => {
  const lab = openLab();
  const { domid, plan } = addGuest(
    lab, helloSource, { virtBase: base, cmdline: 'quiet splash' });
  const p2m = entryFor(lab, domid, base + plan.p2m.pfn * 4096);
  const p2mAt = Number(p2m >> 12n) * 4096;
  const { m2p } = lab.xen.root.arch;
  for (let pfn = 0; pfn < plan.mapped; pfn++) {
    const entry = entryFor(lab, domid, base + pfn * 4096);
    const mfn = Number(entry >> 12n);
    expect(mfn).toBe(lab.xen.phys.read32(p2mAt + pfn * 4));
    expect(lab.xen.phys.read32(m2p + mfn * 4)).toBe(pfn);
    const isTable = plan.tables.some((t) => t.pfn === pfn);
    expect((entry & 2n) === 0n).toBe(isTable);
  }
});

function letterOf(lab: Lab, { domid }: Built) {
  const { regs } = vcpuOf(lab.xen, domid).arch;
  const { esi, esp, eip, cs, ss } = regs;
  const entry = entryFor(lab, domid, esi);
  const bytes = lab.xen.phys.readBytes(
    Number(entry >> 12n) * 4096, StartInfo.size(4));
  return { esp, eip, cs, ss, letter: StartInfo.decode(bytes, 4) };
}

test('the letter and the registers', () => {
  const lab = openLab();
  const built = addGuest(lab, helloSource, { cmdline: 'quiet' });
  const { letter, esp, eip, cs, ss } = letterOf(lab, built);
  const { plan, domid } = built;
  expect(String.fromCharCode(...letter.magic)).toMatch(
    /^xen-3.0-x86_32p\0/);
  expect(String.fromCharCode(...letter.cmd_line)).toMatch(/^quiet\0/);
  expect(letter.nr_pages).toBe(1024n);
  expect(letter.pt_base).toBe(BigInt(plan.tableRun.pfn) * 4096n);
  expect(Number(letter.shared_info) / 4096).toBe(
    lab.xen.root.domains.get(domid)!.sharedInfo);
  expect(Number(letter.console.mfn)).toBe(built.console.mfn);
  expect([eip, esp]).toEqual(
    [0x10_0000, (plan.stack + 1) * 4096]);
  expect([cs, ss]).toEqual([0xe019, 0xe021]);
});

const freeFrames = ({ xen }: Lab) =>
  xen.root.frames.owner.filter((o) => o === 0xffff).length;

test('a failed build and a destroyed domain leave nothing', () => {
  const lab = openLab();
  const before = freeFrames(lab);
  expect(() => addGuest(lab, helloSource, { memoryMiB: 100 }))
    .toThrow(/populate_physmap failed: error -12/);
  expect(freeFrames(lab)).toBe(before);
  const { domid } = addGuest(lab, helloSource);
  expect(freeFrames(lab)).toBeLessThan(before - 1024);
  domctl(lab.bench, DOMCTL.destroydomain, domid);
  expect(freeFrames(lab)).toBe(before);
});
