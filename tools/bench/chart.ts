// The chart: one group of bars for each row, on a scale of ratios.
import type { Row, Spread } from './stats.ts';

const SERIES = [
  { key: 'vs_v86', label: 'v86', colour: '#4477aa' },
  { key: 'vs_qemu', label: 'QEMU TCG', colour: '#cc7722' },
  { key: 'vs_native', label: 'this processor itself', colour: '#448855' },
] as const;

const WIDTH = 720, LEFT = 104, RIGHT = 60, TOP = 84, BAR = 14, GAP = 18;

const STYLE = `<style>
  text { font: 13px system-ui, sans-serif; fill: #222; }
  .title { font-size: 15px; font-weight: 600; }
  .small { font-size: 11px; }
  .grid { stroke: #888; stroke-opacity: 0.35; }
  .one, .range { stroke: #222; }
  .ground { fill: #f8fafc; }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd; }
    .one, .range { stroke: #ddd; }
    .ground { fill: #1e2024; }
  }
</style>`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const fixed = (value: number): string => String(Number(value.toFixed(1)));

const ratio = (value: number): string => value >= 100 ? value.toFixed(0) : value >= 0.1 ? Number(value.toPrecision(3)).toString() : value.toPrecision(2);

const MOST_TICKS = 9;

/** Ticks of 1, 2, 5, or of 1 alone where these are too many, that enclose all
 * ratios, and 1. */
export function ticks(values: readonly number[], digits: readonly number[] = [1, 2, 5]): number[] {
  const steps = Array.from({ length: 14 }, (_none, n) => n - 7)
    .flatMap((power) => digits.map((digit) => Number((digit * 10 ** power).toPrecision(1))));
  const [least, most] = [Math.min(1, ...values), Math.max(1, ...values)];
  const first = steps.findLastIndex((step) => step <= least);
  const last = steps.findIndex((step) => step >= most);
  const found = steps.slice(Math.max(0, first), last < 0 ? steps.length : last + 1);
  return found.length > MOST_TICKS && digits.length > 1 ? ticks(values, [1]) : found;
}

const LINE = 96;

/** Breaks a note at its commas. */
function lines(note: string): string[] {
  const all = [''];
  for (const part of note.split(/(?<=, )/)) {
    if ((all.at(-1) + part).length > LINE) all.push('');
    all[all.length - 1] += part;
  }
  return all;
}

type Scale = (value: number) => number;

function bar(spread: Spread, y: number, x: Scale, colour: string): string {
  const [one, end] = [x(1), x(spread.median)];
  const middle = y + BAR / 2;
  const right = Math.max(end, x(spread.max), one) + 5;
  return [
    `<rect x="${fixed(Math.min(one, end))}" y="${y}" width="${fixed(Math.abs(end - one))}" height="${BAR - 2}" fill="${colour}"/>`,
    `<line class="range" x1="${fixed(x(spread.min))}" x2="${fixed(x(spread.max))}" y1="${middle - 1}" y2="${middle - 1}"/>`,
    `<text class="small" x="${fixed(right)}" y="${middle + 3}">${ratio(spread.median)}</text>`,
  ].join('\n');
}

function group(row: Row, top: number, x: Scale): { text: string; height: number } {
  const bars = SERIES.flatMap(({ key, colour }) => {
    const spread = row[key];
    return spread ? [{ spread, colour }] : [];
  });
  const height = Math.max(1, bars.length) * BAR;
  const label = `<text x="${LEFT - 10}" y="${top + height / 2 + 4}" text-anchor="end">${row.name}</text>`;
  const drawn = bars.map(({ spread, colour }, n) => bar(spread, top + n * BAR, x, colour));
  return { text: [label, ...drawn].join('\n'), height: height + GAP };
}

/** What the colours mean, from left to right. */
function legend(rows: readonly Row[]): string {
  let at = LEFT;
  return SERIES.filter(({ key }) => rows.some((row) => row[key])).map(({ label, colour }) => {
    const text = `<rect x="${at}" y="46" width="10" height="10" fill="${colour}"/>`
      + `<text class="small" x="${at + 15}" y="55">${label}</text>`;
    at += 40 + 7 * label.length;
    return text;
  }).join('\n');
}

/** A line for each tick, from the top to `bottom`, and its number below. */
function grid(marks: readonly number[], bottom: number, x: Scale): string {
  return marks.map((mark) => `<line class="${mark === 1 ? 'one' : 'grid'}" x1="${fixed(x(mark))}"`
    + ` x2="${fixed(x(mark))}" y1="${TOP - 8}" y2="${bottom}"/>`
    + `<text class="small" x="${fixed(x(mark))}" y="${bottom + 16}" text-anchor="middle">${mark}</text>`).join('\n');
}

/** From ratios to places, so that equal factors are equal distances. */
function scaleOf(marks: readonly number[]): Scale {
  const [low, high] = [Math.log(marks[0] ?? 1), Math.log(marks.at(-1) ?? 1)];
  return (value) => LEFT + (WIDTH - LEFT - RIGHT) * (Math.log(value) - low) / (high - low || 1);
}

/** An SVG of the ratios, on ground of its own, light or dark. `note` says what they
 * were measured with. */
export function chart(rows: readonly Row[], note: string): string {
  const spreads = rows.flatMap((row) => SERIES.flatMap(({ key }) => row[key] ?? []));
  const marks = ticks(spreads.flatMap(({ min, max }) => [min, max]));
  const x = scaleOf(marks);
  let y = TOP;
  const groups = rows.map((row) => {
    const { text, height } = group(row, y, x);
    y += height;
    return text;
  });
  const said = lines(note).map((line, n) =>
    `<text class="small" x="16" y="${y + 30 + 15 * n}">${escaped(line)}</text>`);
  const title = 'How many times as fast as …';
  const height = y + 28 + 15 * said.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"`
    + ` role="img" aria-label="${title}">`,
    STYLE, `<rect width="${WIDTH}" height="${height}" rx="10" class="ground"/>`,
    `<text class="title" x="${LEFT}" y="24">${title}</text>`,
    legend(rows), grid(marks, y - GAP + 6, x), ...groups, ...said, '</svg>', '',
  ].join('\n');
}
