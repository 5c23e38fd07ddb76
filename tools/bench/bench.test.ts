// The benchmark at a tiny size: what it runs is right here as on this
// computer's processor, and what it reports has the form that was promised.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { build, whyNotGcc } from './build.ts';
import { chart, ticks } from './chart.ts';
import { type Measured, RunFailed, type Sample, understand } from './engines/engine.ts';
import { runNative, whyNotNative } from './engines/native.ts';
import { startOurs } from './engines/ours.ts';
import { whyNotV86 } from './engines/v86.ts';
import { coldHeader, randomFrom } from './generate.ts';
import { compareCounts, figuresOf, runOn } from './measure.ts';
import { BadUsage, parseOptions } from './options.ts';
import { ratioTable, table } from './report.ts';
import { type Figure, figureOf, median, rowOf, spread, versus } from './stats.ts';
import { job, NAMES, ROWS } from './workloads.ts';

const SCALE = 0.003;

/** A run on our machine in this process, by a clock that stands still. */
function runHere(file: string, words: readonly string[]): Measured {
  const samples: Sample[] = [];
  let text = '';
  const machine = startOurs(readFileSync(file), words.join(' '), {
    letter: (byte) => { text += String.fromCharCode(byte); },
    mark: (retired) => { samples.push({ thread: 0, process: 0, wall: 0, retired }); },
  });
  while (machine.turn());
  return understand(text, samples);
}

const noGcc = whyNotGcc();
if (noGcc !== undefined) console.log(`bench: no workload is tried: ${noGcc}`);

const noNative = noGcc ?? whyNotNative();
if (noNative !== undefined) console.log(`bench: nothing is compared with this processor: ${noNative}`);

test.skipIf(noNative !== undefined).each(NAMES)('%s gives here what it gives on this processor', async (name) => {
  const made = job(name, SCALE);
  const built = build(made);
  const [ours, native] = [runHere(built.image, made.words), await runNative(built.program, made.words)];
  expect(ours.checksum).toBe(native.checksum);
  expect(ours.repetitions.length).toBe(native.repetitions.length);
});

test.skipIf(noGcc !== undefined || whyNotV86() !== undefined).each(NAMES)('%s: v86 agrees, and counts what we count', async (name) => {
  const made = job(name, SCALE);
  const built = build(made);
  const runs = { ours: [runHere(built.image, made.words)], v86: [await runOn('v86', built, made)] };
  expect(runs.v86[0]?.checksum).toBe(runs.ours[0]?.checksum);
  for (const [row, figures] of figuresOf(made, runs)) {
    expect(compareCounts(row, figures)).toBeLessThan(0.01);
  }
});

test('the same seed generates the same functions', () => {
  expect(coldHeader(5, 1)).toBe(coldHeader(5, 1));
  expect(coldHeader(5, 1)).not.toBe(coldHeader(5, 2));
  const random = randomFrom(3);
  expect(Array.from({ length: 200 }, () => random(6)).every((n) => n >= 0 && n < 6)).toBe(true);
});

test('a scale changes the work, never to nothing', () => {
  expect(job('coremark', 1e-9).words).toContain('n=1');
  expect(job('cold', 1).functions).toBe(3000);
  expect(job('cold', 4)).toEqual(job('cold', 1));
});

test('median and spread', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(spread([2, 8, 4])).toEqual({ min: 2, median: 4, max: 8 });
  expect(() => median([])).toThrow(RangeError);
});

const figure = (thread: number, instructions = 1e6): Figure => ({ thread, process: thread, instructions });

test('ratios are taken round by round', () => {
  const figures = { ours: [figure(10), figure(20)], v86: [figure(20), figure(20)] };
  expect(versus(figures, 'v86')).toEqual({ min: 1, median: 1.5, max: 2 });
  expect(versus(figures, 'qemu')).toBeNull();
});

const run: Measured = {
  checksum: '00000000', rep: 300,
  repetitions: [40, 10, 20].map((thread) => ({ thread, process: 50, wall: 60, retired: 1100 })),
};

test('cold is two rows: the first repetition, and the mean of the others', () => {
  expect(figureOf('cold-first', run, 'instructions').thread).toBe(40);
  expect(figureOf('cold-steady', run, 'instructions').thread).toBe(15);
  expect(figureOf('cold-steady', run, 'iterations').instructions).toBe(1000);
});

test('a row has the form of --json', () => {
  const row = rowOf('branchy', { ours: [figure(3), figure(4), figure(5)], v86: [figure(6), figure(6), figure(6)] });
  expect(row).toEqual({
    name: 'branchy', vs_v86: { min: 1.2, median: 1.5, max: 2 }, vs_qemu: null, vs_native: null, mips: 250,
  });
  expect(Object.keys(row)).toEqual(['name', 'vs_v86', 'vs_qemu', 'vs_native', 'mips']);
});

test('counts that lie too far apart are refused', () => {
  const counts = (a: number, b: number) => () =>
    compareCounts('sieve', { ours: [figure(1, a)], v86: [figure(1, b)] });
  expect(counts(1e9, 1e9 - 1e6)()).toBeCloseTo(0.001);
  expect(counts(1e9, 1.01e9)).toThrow(RunFailed);
  expect(compareCounts('sieve', { ours: [figure(1)] })).toBeUndefined();
});

test('what a guest wrote is read, and its complaints are heard', () => {
  const at = (ms: number, retired: number): Sample =>
    ({ thread: ms * 1e6, process: ms * 2e6, wall: ms * 3e6, retired });
  const read = understand('rep 0000000a\nchecksum 0badcafe\nend\n', [at(1, 2 ** 32 - 5), at(3, 7), at(4, 9)]);
  expect(read).toEqual({
    checksum: '0badcafe', rep: 10,
    repetitions: [{ thread: 2, process: 4, wall: 6, retired: 12 }],
  });
  expect(() => understand('fail out of frames\n', [])).toThrow(/out of frames/);
  expect(() => understand('rep 0', [])).toThrow(/did not come to its end/);
});

test('options', () => {
  expect(parseOptions([])).toMatchObject({ rounds: 5, scale: 1, rows: ROWS, json: false });
  expect(parseOptions(['--only', 'cold']).rows).toEqual(['cold-first', 'cold-steady']);
  expect(parseOptions(['--only=sieve,cold-first', '--engines=native,ours'])).toMatchObject({
    rows: ['sieve', 'cold-first'], engines: ['ours', 'native'],
  });
  for (const words of [['--rounds', '0'], ['--rounds', '1.5'], ['--scale', 'x'], ['--only', 'c'],
    ['--svg'], ['--fast'], ['--engines', 'bochs']]) {
    expect(() => parseOptions(words), words.join(' ')).toThrow(BadUsage);
  }
});

const rows = [rowOf('sieve', { ours: [figure(2)], v86: [figure(5)], native: [figure(0.5)] })];

test('the table aligns and says what was not measured', () => {
  expect(table([['a', '10'], ['bcd', '1']])).toBe('a    10\nbcd   1');
  expect(ratioTable(rows)).toMatch(/^sieve +2\.50 \(2\.50–2\.50\) +– +0\.25 /m);
});

test('the chart is well formed and shows every figure', () => {
  const svg = chart(rows, 'a < b & c');
  expect(svg).toContain('>2.5<');
  expect(svg).toContain('>0.25<');
  expect(svg).toContain('a &lt; b &amp; c');
  expect(svg).toContain('prefers-color-scheme: dark');
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  expect(ticks([0.3, 2.2])).toEqual([0.2, 0.5, 1, 2, 5]);
  expect(ticks([0.0003, 9])).toEqual([0.0001, 0.001, 0.01, 0.1, 1, 10]);
});
