import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RingMemory } from './byte-ring.ts';
import {
  finalCheck, initRing, publish, requests, slotRing,
} from './ring.ts';

/** Memory that stops before each access, to be scheduled. */
function tracing(words: Uint32Array, log: string[]): RingMemory {
  return {
    read32: at => (log.push(`r${at}`), words[at / 4]!),
    write32: (at, v) => { log.push(`w${at}`); words[at / 4] = v; },
    readBytes: () => new Uint8Array(0),
    writeBytes: () => undefined,
  };
}

test('publish then look; ask then look again', () => {
  const words = new Uint32Array(1024);
  const log: string[] = [];
  const m = tracing(words, log);
  const ring = slotRing(0, 112, 4096);
  initRing(m, ring);
  expect(ring.size).toBe(32);
  log.length = 0;
  expect(publish(m, requests(ring), 1)).toBe(true);
  expect(log).toEqual(['r0', 'w0', 'r4']);
  log.length = 0;
  expect(finalCheck(m, requests(ring), 1)).toBe(false);
  expect(log).toEqual(['r0', 'w4', 'r0']);
});

type Steps = Generator<void, void, void>;

function* producer(w: Uint32Array, ring: () => void): Steps {
  for (let next = 1; next <= 6; next++) {
    const old = w[0]!;
    w[0] = next;
    yield;
    if (((next - w[1]!) >>> 0) < ((next - old) >>> 0)) ring();
    yield;
  }
}

function* consumer(w: Uint32Array, c: Consumer): Steps {
  for (;;) {
    c.awake = true;
    c.cons = w[0]!;
    yield;
    w[1] = c.cons + 1;
    yield;
    if (w[0] !== c.cons) continue;
    c.awake = false;
    while (!c.awake) yield;
  }
}

interface Consumer { cons: number; awake: boolean }

test('no order of steps loses a wake-up', () => {
  fc.assert(fc.property(fc.array(fc.boolean()), turns => {
    const w = Uint32Array.of(0, 1);
    const state: Consumer = { cons: 0, awake: true };
    let bells = 0;
    const ring = (): void => { bells++; state.awake = true; };
    const sides = [producer(w, ring), consumer(w, state)] as const;
    for (const turn of turns) sides[turn ? 0 : 1].next();
    while (!sides[0].next().done);
    for (let i = 0; i < 10; i++) sides[1].next();
    expect(state.cons).toBe(6);
    expect(bells).toBeLessThanOrEqual(6);
  }), { numRuns: 2000 });
});
