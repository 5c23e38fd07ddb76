import type { Meaning } from '#book/x86/operands.ts';

/** 27: decimal adjust AL after addition. */
export const daa: Meaning = (b) => {
  // yours
};
