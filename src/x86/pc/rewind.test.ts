import { expect, test } from 'vitest';
import {
  Diverged, type Entry, follow, Recorder, Timeline,
} from '../../machine/replay.ts';
import { EDI } from '../state.ts';
import { pcHash } from './board.ts';
import { busyPc } from './busy.kit.ts';
import { type PcInput, PcMachine } from './rewind.ts';

/** Numbers below `n`, the same each time. */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = Math.imul(state, 1_103_515_245) + 12_345 >>> 0;
    return (state >>> 8) % n;
  };
}

const END = 60_000;

/** A session of random keys at random moments. */
function session(seed: number) {
  const below = numbers(seed);
  const { pc, said } = busyPc();
  const machine = new PcMachine(pc);
  const log: Entry<PcInput>[] = [];
  const recorder = new Recorder(machine, (entry) => log.push(entry));
  for (let at = 0; at < END; at += below(2000)) {
    machine.runTo(at);
    recorder.input(below(4) === 0 ? { serial: [below(256)] }
      : { keys: 'abcdefgh'[below(8)] ?? '' });
  }
  machine.runTo(END);
  return { log, said, hash: pcHash(pc), machine };
}

test.each([1, 2, 3])('a session replays, seed %i', (seed) => {
  const first = session(seed);
  const { pc, said } = busyPc();
  const machine = new PcMachine(pc);
  follow(machine, first.log, END);
  expect(said).toEqual(first.said);
  expect(pcHash(pc)).toBe(first.hash);
  const below = numbers(seed + 99);
  const pieces = busyPc();
  const other = new PcMachine(pieces.pc);
  for (let at = 0; at < END; at += 1 + below(700)) {
    follow(other, first.log.filter((e) => e.at >= other.now()), at);
  }
  follow(other, first.log.filter((e) => e.at >= other.now()), END);
  expect(pieces.said).toEqual(first.said);
  expect(pcHash(pieces.pc)).toBe(first.hash);
  expect(first.log.length).toBeGreaterThan(40);
  expect(first.said.length).toBeGreaterThan(40);
});

const SPACING = { wide: 5000, fine: 20, most: 24 };

test('a thousand steps back, and forward again', () => {
  const { log, hash } = session(4);
  const { pc } = busyPc();
  const line = new Timeline(new PcMachine(pc), log, SPACING);
  expect(line.seek(END)).toBe(END);
  expect(pcHash(pc)).toBe(hash);
  const seen = new Map<number, string>();
  for (let n = 1; n <= 1000; n++) {
    expect(line.back(1)).toBe(END - n);
    if (n % 100 === 0) seen.set(END - n, pcHash(pc));
  }
  for (const [at, then] of [...seen].reverse()) {
    line.seek(at);
    expect(pcHash(pc)).toBe(then);
  }
  line.forward(END);
  line.seek(END);
  expect(pcHash(pc)).toBe(hash);
  expect(line.places().length).toBeLessThanOrEqual(24);
}, 60_000);

test('passing by', () => {
  const { log, hash } = session(4);
  const { pc } = busyPc();
  const line = new Timeline(new PcMachine(pc), log, SPACING);
  for (let at = 700; at < END; at += 700) {
    expect(line.seek(at, true)).toBe(at);
  }
  expect(line.places().every((at) => at % SPACING.wide === 0))
    .toBe(true);
  line.seek(END);
  expect(pcHash(pc)).toBe(hash);
  expect(line.places().some((at) => at % SPACING.wide !== 0))
    .toBe(true);
});

test('leaps, another past, a foreign log', () => {
  const { log } = session(5);
  const { pc } = busyPc();
  const line = new Timeline(new PcMachine(pc), log, SPACING);
  const below = numbers(6);
  const seen = new Map<number, string>();
  for (let n = 0; n < 200; n++) {
    const at = below(100) * 600;
    line.seek(at);
    const hash = pcHash(pc);
    expect(seen.get(at) ?? hash).toBe(hash);
    seen.set(at, hash);
  }
  line.seek(30_000);
  line.input({ keys: 'xyz' });
  line.seek(59_400);
  expect(pcHash(pc)).not.toBe(seen.get(59_400));
  const stopped = new PcMachine(busyPc().pc);
  stopped.pc.phys.write16(0x8000, 0xf4fa);
  expect(() => follow(stopped, log, END)).toThrow(Diverged);
}, 60_000);

test('the last change, though the word is as before', () => {
  const { pc } = busyPc();
  const line = new Timeline(new PcMachine(pc), [], SPACING);
  const slow = new PcMachine(busyPc().pc);
  const [end, changes] = [3000, [700, 1900, 1950]];
  const look = (): boolean => changes.filter((n) =>
    n <= line.now()).length % 2 === 1;
  line.seek(end);
  expect(line.lastChange(look)).toBe(1950);
  expect(line.lastChange(look)).toBe(1950);
  line.back(1);
  expect(line.lastChange(look)).toBe(1900);
  line.seek(500);
  expect(line.lastChange(look)).toBeUndefined();
  expect(line.now()).toBe(500);
  line.seek(40_000);
  const cell = 0x10_0000 + pc.cpu.get(EDI);
  let last: number | undefined;
  for (let old = 0; slow.now() < END;) {
    slow.runTo(slow.now() + 1);
    const value = slow.pc.phys.read32(cell);
    if (value !== old) last = slow.now();
    old = value;
  }
  line.seek(END);
  expect(line.lastChange(() => pc.phys.read32(cell), (a, b) =>
    a.ram.at(cell >>> 12) !== b.ram.at(cell >>> 12))).toBe(last);
  expect(last).toBeGreaterThan(0);
}, 60_000);
