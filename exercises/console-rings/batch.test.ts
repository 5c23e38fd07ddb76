import { expect, test } from 'vitest';
import { publish, requests, responses, slotRing, initRing }
  from '#book/xen/public/io/ring.ts';
import { askFor } from './batch.ts';

function play(total: number, batch: number, from: number) {
  const words = new Uint32Array(1024);
  const m = {
    read32: (at: number) => words[at / 4]!,
    write32: (at: number, v: number) => { words[at / 4] = v; },
    readBytes: () => new Uint8Array(0), writeBytes: () => undefined,
  };
  const ring = slotRing(0, 16, 4096);
  const lane = responses(ring);
  initRing(m, ring);
  m.write32(lane.prod, from);
  let cons = from;
  let bells = 0;
  const doze = (): void => {
    for (let i = 0; i < 100; i++) {
      cons = m.read32(lane.prod);
      const left = (from + total - cons) >>> 0;
      if (!left || !askFor(m, lane, cons, batch, left)) return;
    }
    throw new Error('the front end never sleeps');
  };
  doze();
  for (let i = 1; i <= total; i++) {
    if (publish(m, lane, (from + i) >>> 0)) { bells++; doze(); }
  }
  const other = m.read32(requests(ring).event);
  return { bells, done: (cons - from) >>> 0, other };
}

test.each([
  [64, 1, 0, 64], [64, 8, 0, 8], [64, 32, 0, 2], [67, 8, 0, 9],
  [5, 8, 0, 1], [64, 8, 0xffff_fff0, 8],
])('%i responses by %i from %i: %i bells', (total, batch, from, n) => {
  expect(play(total, batch, from))
    .toEqual({ bells: n, done: total, other: 1 });
});

test('what came between asking and looking is not slept on', () => {
  let event = 0;
  const m = {
    read32: (at: number) => (at === 8 && event ? 4 : 0),
    write32: (_: number, v: number) => { event = v; },
    readBytes: () => new Uint8Array(0), writeBytes: () => undefined,
  };
  const lane = { prod: 8, event: 12 };
  expect(askFor(m, lane, 0, 4, 9)).toBe(true);
  expect(askFor(m, lane, 0, 5, 9)).toBe(false);
});
