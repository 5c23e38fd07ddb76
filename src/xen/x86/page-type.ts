/** What a frame may be used as. Xen: PGT_*. */
export const PGT = {
  none: 0,
  /** Page tables of each level. */
  l1: 1, l2: 2, l3: 3,
  /** An L2 whose upper entries are the hole: L3[3]'s. */
  l2xen: 4,
  /** A piece of a GDT or LDT. */
  segDesc: 5,
  /** Mapped writable somewhere. */
  writable: 7,
} as const;

export type PageType = (typeof PGT)[keyof typeof PGT];
