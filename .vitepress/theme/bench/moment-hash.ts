// A moment in eight digits: what the machine is and has done, and nothing of
// how one came there. Caches and what a translator has made of the code so
// far depend on the way; a machine that was taken back has them empty.
import type { BenchView, WalkView } from '../../../src/labs/view';

type Named = readonly { readonly name: string; readonly value: number }[];

const values = (rows: Named): unknown => rows.map((r) => [r.name, r.value]);

function wayOf({ address, steps, physical, broken, accesses }: WalkView): unknown {
  const entries = steps.map((s) => [s.at, s.low, s.high]);
  return [address, entries, physical, broken, accesses.map((a) => a.fault)];
}

/** FNV-1a over the moment as JSON. */
export function momentHash(v: BenchView): string {
  const counters = v.counters.filter((c) => !/TLB|translator/.test(c.name));
  const text = JSON.stringify([
    v.where.now, v.where.time, values(v.registers), v.eflags.value,
    values(v.control), v.segments.map((s) => [s.selector, s.base, s.limit]),
    v.memory.address, v.memory.bytes, wayOf(v.walk), v.console, v.screen,
    values(counters),
  ]);
  let hash = 0x811c_9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
