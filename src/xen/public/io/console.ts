import type { ByteRing } from './byte-ring.ts';

// struct xencons_interface: char in[1024], out[2048]; then the
// counters in_cons, in_prod, out_cons, out_prod.
const IN_SIZE = 1024;
const OUT_SIZE = 2048;
const COUNTERS = IN_SIZE + OUT_SIZE;

/** What is typed: dom0 produces, the guest consumes. */
export function consoleInput(page: number): ByteRing {
  const cons = page + COUNTERS;
  return { data: page, size: IN_SIZE, cons, prod: cons + 4 };
}

/** What is printed: the guest produces, dom0 consumes. */
export function consoleOutput(page: number): ByteRing {
  const cons = page + COUNTERS + 8;
  return { data: page + IN_SIZE, size: OUT_SIZE, cons, prod: cons + 4 };
}
