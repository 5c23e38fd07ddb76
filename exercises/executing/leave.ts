import type { Meaning } from '#book/x86/operands.ts';

/** c9: leave. */
export const leave: Meaning = (b, i) => {
  // yours
};
