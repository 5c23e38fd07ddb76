import { expect, test } from 'vitest';
import { freed, type Mark, victim } from './forget.ts';

const letters = new Map<string, object>();
function page(name: string): object {
  const found = letters.get(name) ?? { name };
  letters.set(name, found);
  return found;
}
const mark = (at: number, names: string): Mark =>
  ({ at, pages: [...names].map(page) });

test('what a snapshot alone holds', () => {
  const marks = [mark(0, 'abz'), mark(100, 'acz'), mark(200, 'dcd'),
    mark(300, 'efz')];
  expect(marks.map((_, i) => freed(marks, i))).toEqual([1, 0, 1, 2]);
});

test.each([
  ['as many each: the gap for its distance', 1000,
    [mark(0, 'a'), mark(100, 'b'), mark(600, 'c'), mark(700, 'd'),
      mark(1000, 'e')], 1],
  ['the dear one goes first', 1000,
    [mark(0, 'abcd'), mark(300, 'abcE'), mark(600, 'ABCD'),
      mark(1000, 'Ebcd')], 2],
  ['what frees nothing stays', 1000,
    [mark(0, 'ab'), mark(100, 'ac'), mark(110, 'ac'),
      mark(900, 'dc')], 3],
  ['the first stays, however dear', 50,
    [mark(0, 'abcdefgh'), mark(1000, 'i')], 1],
  ['nothing to be had', 300,
    [mark(0, 'ab'), mark(100, 'cd'), mark(200, 'cd')], -1],
] as const)('%s', (_name, now, marks, want) => {
  expect(victim(marks, now, 10)).toBe(want);
});

test('a guest that copies for a while', () => {
  const pages: object[] = Array.from({ length: 64 }, () => ({}));
  const marks: Mark[] = [];
  const held = (): number =>
    new Set(marks.flatMap((mark) => mark.pages)).size;
  for (let now = 0; now <= 9000; now += 100) {
    const busy = now > 3000 && now < 6000;
    for (let n = 0; n < (busy ? 30 : 1); n++) {
      pages[(now / 100 * 7 + n) % 64] = {};
    }
    marks.push({ at: now, pages: [...pages] });
    while (held() > 200) {
      const out = victim(marks, now, 100);
      expect(out).toBeGreaterThan(0);
      marks.splice(out, 1);
    }
  }
  expect(marks[0]?.at).toBe(0);
  const cheap = (from: number, to: number): number =>
    marks.filter(({ at }) => at >= from && at <= to).length;
  expect(cheap(0, 3000), 'cheap, though far').toBeGreaterThan(20);
  expect(cheap(6000, 9000), 'cheap and near').toBeGreaterThan(20);
});
