import { expect, test } from 'vitest';
import { Bench } from './bench.ts';
import { findLab, labs } from './prepared.ts';
import type { BenchCommand } from './view.ts';

const SLICE = 100_000;
/** Single steps back, at the end of the way. */
const STEPS = { pc: 200, host: 20 };

/** Gives a command and follows it to its end. */
function follow(bench: Bench, command: BenchCommand): void {
  bench.order(command);
  for (let n = 0; !bench.work(SLICE); n++) {
    if (n > 1000) throw new Error(`${command.do} takes too long`);
  }
}

test.each(labs.map(({ id }) => id))(
  '%s reaches its moment, goes back, and forward again', (id) => {
    const lab = findLab(id);
    if (!lab) throw new Error('no such lab');
    const bench = new Bench(lab.make(), lab.moment);
    const start = bench.now();
    follow(bench, { do: 'moment' });
    const moment = bench.opensAt();
    expect(bench.now()).toBe(moment);
    follow(bench, { do: 'seek', at: moment ?? 0 });
    const hash = bench.rig.hash();
    const near = Math.min(bench.now(), start + STEPS[bench.rig.kind]);
    while (bench.now() > near) {
      follow(bench, { do: 'back to event' });
      follow(bench, { do: 'seek',
        at: Math.max(near, bench.now() - 5000) });
    }
    while (bench.now() > start) follow(bench, { do: 'back', n: 1 });
    follow(bench, { do: 'moment' });
    expect(bench.now()).toBe(moment);
    expect(bench.rig.hash()).toBe(hash);
  }, 60_000);
