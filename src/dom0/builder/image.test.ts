import { expect, test } from 'vitest';
import { ImageError, parseElf } from './elf.ts';
import { kernelParams } from './params.ts';
import { planDomain } from './plan.ts';
import { pvImage } from '../../guests/pv-image.ts';
import { helloSource } from '../../guests/pv-hello.ts';

const good = () => pvImage(helloSource);
const read = (bytes: Uint8Array) => kernelParams(parseElf(bytes));

/** The message with which an image is refused. */
function refusal(bytes: Uint8Array, frames = 4096): string {
  try {
    planDomain(read(bytes), frames, 0);
  } catch (error) {
    if (error instanceof ImageError) return error.message;
    throw error;
  }
  return 'accepted';
}

const changed = (at: number, ...bytes: number[]) => {
  const image = good();
  image.set(bytes, at);
  return image;
};

test.each<[string, Uint8Array, RegExp]>([
  ['text', new TextEncoder().encode('#!/bin/sh\n'), /not an ELF/],
  ['nothing', new Uint8Array(0), /not an ELF/],
  ['half a header', good().slice(0, 30), /truncated/],
  ['no end', good().slice(0, 4100), /truncated.*ends at 4100/],
  ['PowerPC', changed(18, 20), /machine 20/],
  ['i386 with class 64', changed(4, 2), /class 2, machine 3/],
  ['big-endian', changed(5, 2), /big-endian/],
  ['negative bss', changed(72, 1, 0, 0, 0), /room for 1/],
  ['no notes', changed(84, 0), /no Xen notes/],
  ['Xen 2', pvImage(helloSource, { notes: { 5: 'xen-2.0' } }),
    /made for xen-2.0/],
  ['no PAE', pvImage(helloSource, { notes: { 9: 'no' } }), /PAE/],
  ['entry outside', pvImage(helloSource, { notes: { 1: 16 } }),
    /out of bounds/],
  ['in the hole', pvImage(helloSource, { at: 0xf580_0000 }), /hole/],
])('%s is refused', (_name, image, why) => {
  expect(refusal(image)).toMatch(why);
});

test('a kernel larger than its memory is refused', () => {
  const image = pvImage(helloSource, { bss: 16 << 20 });
  expect(refusal(image)).toMatch(/too little memory: the kernel/);
  expect(refusal(good(), 1000)).toMatch(/too little memory/);
});

test.each([0, 0x4000_0000, 0xc000_0000])(
  'a plan at base %i keeps the promises', (virtBase) => {
    const plan = planDomain(
      read(pvImage(helloSource, { virtBase })), 8192, 5000);
    const order = [plan.kernel.pfn, plan.module!.pfn, plan.p2m.pfn,
      plan.startInfo, plan.store, plan.console, plan.tableRun.pfn,
      plan.stack];
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(plan.p2m.pfn).toBe(plan.module!.pfn + 2);
    expect(plan.stack).toBe(
      plan.tableRun.pfn + plan.tableRun.frames);
    expect(plan.mapped % 1024).toBe(0);
    expect(plan.mapped - plan.stack).toBeGreaterThan(128);
    expect(plan.tables[0]!.pfn).toBe(plan.tableRun.pfn);
    expect(plan.tables.filter((t) => t.level === 2).length)
      .toBe(4 - Math.floor(virtBase / 2 ** 30));
  });
