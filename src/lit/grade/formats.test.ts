import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AUTOGRADING, CLASSROOM, GRADESCOPE, junitMisfits, misfits, readXml,
} from './formats.kit.ts';
import {
  toAutograding, toClassroom, toGradescope, toJUnit,
} from './formats.ts';
import type { CheckGrade, Grade } from './grade.ts';
import { scoreOf, split } from './score.ts';

const check = fc.record({
  file: fc.constant('a.test.ts'), guard: fc.boolean(),
  name: fc.string({ unit: 'binary', minLength: 1 }),
  kind: fc.constantFrom('own', 'hidden', 'chapter'),
  passed: fc.boolean(), message: fc.string({ unit: 'binary' }),
  score: fc.nat(1000), maxScore: fc.nat(1000),
}) as fc.Arbitrary<CheckGrade>;
const grade: fc.Arbitrary<Grade> = fc.record({
  submission: fc.string({ minLength: 1 }), edition: fc.constant('e'),
  exercises: fc.array(fc.record({
    id: fc.constant('one/half'), title: fc.string(),
    state: fc.constantFrom('graded', 'broken'),
    score: fc.nat(2000), maxScore: fc.constant(2000),
    checks: fc.array(check, { maxLength: 4 }), ms: fc.nat(9999),
  }), { maxLength: 3 }),
}) as fc.Arbitrary<Grade>;

test('each format has the fields that are documented', () => {
  fc.assert(fc.property(grade, (g) => {
    expect(misfits(toGradescope(g), GRADESCOPE)).toEqual([]);
    const bytes = Uint8Array.from(atob(toClassroom(g)), (c) =>
      c.charCodeAt(0));
    const text = new TextDecoder().decode(bytes);
    expect(misfits(JSON.parse(text), CLASSROOM)).toEqual([]);
    expect(junitMisfits(readXml(toJUnit([g, g])))).toEqual([]);
    const refused = { ...g, exercises: [], refused: 'edition "x" <y>' };
    expect(junitMisfits(readXml(toJUnit([refused])))).toEqual([]);
    expect(misfits(toGradescope(refused), GRADESCOPE)).toEqual([]);
  }), { seed: 4 });
  const list = [{ id: 'one/half', title: 'Half', points: 10 }];
  expect(misfits(toAutograding(list), AUTOGRADING)).toEqual([]);
});
test('hidden tests stay hidden', () => {
  fc.assert(fc.property(grade, (g) => {
    const { tests } = toGradescope(g) as {
      tests: { tags: string[]; visibility: string }[];
    };
    for (const { tags, visibility } of tests) {
      expect(visibility === 'hidden').toBe(tags.includes('hidden'));
    }
  }), { seed: 4 });
});
test('the validators find what is wrong', () => {
  expect(misfits({ score: '1' }, GRADESCOPE)).toHaveLength(1);
  expect(misfits({ score: 1, points: 2 }, GRADESCOPE)).toHaveLength(1);
  expect(misfits({ visibility: 'never' }, GRADESCOPE)).toHaveLength(1);
  expect(() => readXml('<testsuites/>')).toThrow('declaration');
});

test('points', () => {
  const t = { guard: false, passed: true };
  const f = { guard: false, passed: false };
  const guard = { guard: true, passed: true };
  const lost = { guard: true, passed: false };
  expect(scoreOf([t, t, guard], 1000)).toBe(1000);
  expect(scoreOf([t, f, f, guard], 1000)).toBe(333);
  expect(scoreOf([f, f, guard], 1000)).toBe(0);
  expect(scoreOf([t, t, lost], 1000)).toBe(500);
  expect(scoreOf([t, f, lost, lost], 1000)).toBe(0);
});
test('parts add up', () => {
  fc.assert(fc.property(fc.nat(5000), fc.integer({ min: 1, max: 99 }),
    (whole, n) => {
      const parts = split(whole, n);
      expect(parts.reduce((a, b) => a + b)).toBe(whole);
      expect(Math.max(...parts) - Math.min(...parts) < 2).toBe(true);
    }), { seed: 4 });
});
