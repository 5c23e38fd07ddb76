import type { Machine } from '#book/x86/campaign/cases.ts';

/** Lowers a number as far as `keeps` allows. */
function lower(
  value: number, put: (v: number) => void, keeps: () => boolean,
): void {
  put(0);
  if (value === 0 || keeps()) return;
  let best = value;
  for (let bit = 31; bit >= 0; bit--) {
    const without = (best & ~(1 << bit)) >>> 0;
    if (without === best) continue;
    put(without);
    if (keeps()) best = without;
  }
  put(best);
}

/** A smaller machine that still fails. */
export function shrink(
  machine: Machine, fails: (m: Machine) => boolean,
): Machine {
  const copy = structuredClone(machine);
  const keeps = () => fails(copy);
  copy.regs.forEach((v, n) =>
    lower(v, (w) => { copy.regs[n] = w; }, keeps));
  copy.memory.forEach((v, n) =>
    lower(v, (w) => { copy.memory[n] = w; }, keeps));
  lower(copy.eflags, (w) => { copy.eflags = w; }, keeps);
  return copy;
}
