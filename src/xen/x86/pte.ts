/** Bits of a PAE page-table entry. SDM vol. 3A §4.4. */
export const P = 1n;
export const RW = 2n;
export const US = 4n;
export const PWT = 8n;
export const PCD = 16n;
export const ACCESSED = 32n;
export const DIRTY = 64n;
export const PSE = 128n;
export const PAT = 128n;
export const GLOBAL = 256n;

/** Bits 12 to 51: the frame. */
const FRAME = 0x000f_ffff_ffff_f000n;

/** The frame number in an entry: below 2^40, so a number. */
export const frameOf = (entry: bigint): number =>
  Number((entry & FRAME) >> 12n);

/** The low twelve bits and the ones above the frame. */
export const flagsOf = (entry: bigint): bigint => entry & ~FRAME;

export const entryFor = (mfn: number, flags: bigint): bigint =>
  BigInt(mfn) << 12n | flags;

export const l3Index = (va: number): number => va >>> 30;
export const l2Index = (va: number): number => va >>> 21 & 0x1ff;
export const l1Index = (va: number): number => va >>> 12 & 0x1ff;

/** Entries of the last L2 from here on are Xen's. */
export const L2_FIRST_XEN_SLOT = l2Index(0xf580_0000);
