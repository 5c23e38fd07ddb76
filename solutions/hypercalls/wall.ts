import type { Descriptor } from '#book/xen/x86/descriptors.ts';

const MAX = 0xf680_0000;

export function checkDescriptor(
  d: Descriptor,
): Descriptor | undefined {
  if (!(d.hi & 0x8000)) return d;
  const hi = ((d.hi & 0x6000) === 0 ? d.hi | 0x2000 : d.hi) >>> 0;
  if (!(hi & 0x1000)) return gate(d.lo, hi);
  const base =
    (hi & 0xff00_0000 | (hi & 0xff) << 16 | d.lo >>> 16) >>> 0;
  if (base >= MAX - 4096) return undefined;
  const unit = hi & 0x80_0000 ? 4096 : 1;
  const span = ((hi & 0xf_0000 | d.lo & 0xffff) + 1) * unit;
  const down = (hi & 0xc00) === 0x400;
  const top = hi & 0x40_0000 ? 2 ** 32 : 0x1_0000;
  const fine = down
    ? span >= top || base + span >= 2 ** 32 || base + top <= MAX
    : base + span <= MAX;
  if (fine) return { lo: d.lo, hi };
  const page = Math.floor(base / 4096) * 4096;
  const want = down ? 2 ** 32 - page : MAX - base;
  return unit === 1 ? undefined : cut(d.lo, hi, want);
}

function cut(lo: number, hi: number, bytes: number): Descriptor {
  const limit = Math.floor(bytes / 4096) - 1;
  return {
    lo: (lo & ~0xffff | limit & 0xffff) >>> 0,
    hi: (hi & ~0xf_0000 | limit & 0xf_0000) >>> 0,
  };
}

function gate(lo: number, hi: number): Descriptor | undefined {
  if ((hi & 0xf00) !== 0xc00 || hi & 0xe0) return undefined;
  let selector = lo >>> 16;
  if ((selector & 3) === 0) selector |= 1;
  const ours = !(selector & 4) && selector >>> 3 >= 14 * 512;
  if (ours && selector !== 0xe019) return undefined;
  return { lo: (selector << 16 | lo & 0xffff) >>> 0, hi };
}
