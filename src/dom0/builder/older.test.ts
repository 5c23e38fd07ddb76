import { expect, test } from 'vitest';
import { addGuest, openLab, runGuest } from '../../guests/lab.ts';
import { pvImage } from '../../guests/pv-image.ts';
import { XEN_ELFNOTE } from '../../xen/public/elfnote.ts';
import { ImageError, parseElf } from './elf.ts';
import { kernelParams } from './params.ts';
import { planDomain, virtualOf } from './plan.ts';

const source = `
start:
  mov ecx, text_end - text
  mov edx, text
  xor ebx, ebx
  call page + 18 * 32      ; console_io
  mov ebx, 2
  mov ecx, reason
  call page + 29 * 32      ; sched_op
text: .ascii "called a page\\n"
text_end:
.align 4
reason: .long 0
.align 4096
page: .fill 4096, 0xcc
`;

test('the hypercall page is filled', () => {
  const lab = openLab();
  const virtBase = 0xc000_0000;
  const { domid } = addGuest(lab, source, { virtBase, notes: {
    [XEN_ELFNOTE.HYPERCALL_PAGE]: virtBase + 0x10_1000 } });
  runGuest(lab, domid);
  expect(lab.log).toEqual([`(d${domid}) called a page`]);
});

function oldImage(text: string, base = 0xc000_0000): Uint8Array {
  const image = pvImage(source, { virtBase: base });
  image[84] = 0x7f;
  const names = '\0__xen_guest\0.shstrtab\0';
  const at = image.length;
  const file = new Uint8Array(at + 512);
  file.set(image);
  const view = new DataView(file.buffer);
  const put = (where: number, string: string) =>
    file.set(Uint8Array.from(string, (c) => c.charCodeAt(0)), where);
  put(at, names);
  put(at + 64, text);
  const section = (n: number, name: number, type: number,
    where: number, size: number) => [name, type, 0, 0, where, size]
    .forEach((v, i) =>
      view.setUint32(at + 384 + n * 40 + i * 4, v, true));
  section(1, 1, 1, at + 64, text.length);
  section(2, 13, 3, at, names.length);
  view.setUint32(32, at + 384, true);
  view.setUint16(48, 3, true);
  view.setUint16(50, 2, true);
  return file;
}

test('a kernel with a string instead of notes', () => {
  const params = kernelParams(parseElf(oldImage('LOADER=generic,'
    + 'XEN_VER=xen-3.0,VIRT_BASE=0xC0000000,ELF_PADDR_OFFSET=0,'
    + 'VIRT_ENTRY=0xC0100000,HYPERCALL_PAGE=0x101,PAE=yes')));
  expect(params).toMatchObject({ virtBase: 0xc000_0000n,
    entry: 0xc010_0000n, hypercallPage: 0xc010_1000n });
  const read = (text: string) => () =>
    kernelParams(parseElf(oldImage(text)));
  expect(read('VIRT_BASE=high,PAE=yes')).toThrow(ImageError);
  expect(read('LOADER=generic,PAE=no')).toThrow(/PAE|bounds/);
});

test('a p2m in a place of its own', () => {
  const params = { ...kernelParams(parseElf(pvImage(source))),
    width: 8 as const, initP2m: 0x80_0000_0000n };
  const plan = planDomain(params, 65536, 0);
  expect(plan.p2m.pfn).toBe(plan.mapped);
  const own = plan.tables.filter((t) => t.pfn >= plan.p2m.pfn);
  expect(own.map((t) => t.level)).toEqual([3, 2, 1]);
  expect(plan.p2m.frames).toBe(128 + own.length);
  expect(own[0]!.pfn).toBe(plan.p2m.pfn + 128);
  expect(virtualOf(plan, 1)).toBe(4096n);
});
