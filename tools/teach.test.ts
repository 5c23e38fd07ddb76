// What teachers get from the site: course plans, slides, the guide.
import { expect, test } from 'vitest';
import { readBook } from '../.vitepress/book.ts';
import { intoUnits, planCourse, readCourses } from '../.vitepress/courses.ts';
import { instructorPages } from '../.vitepress/instructor.ts';
import { slidePages, slidesOf } from '../.vitepress/slides.ts';

const book = readBook();

test('every course has its units, and all its minutes in them', () => {
  const courses = readCourses(book);
  expect(courses).toHaveLength(3);
  for (const { units, reading, exercises, title } of courses) {
    const planned = units.flat().reduce((sum, p) => sum + p.minutes, 0);
    expect(planned).toBe(reading + exercises);
    const mean = planned / units.length;
    for (const unit of units) {
      const own = unit.reduce((sum, p) => sum + p.minutes, 0);
      expect(Math.abs(own - mean), title).toBeLessThanOrEqual(30);
    }
  }
});

test('a course without a chapter of the book is an error', () => {
  const cut = { title: 'X', about: '', unit: 'Week', units: 2, exercises: true };
  expect(() => planCourse(book, { ...cut, chapters: ['nothing'] })).toThrow('names nothing');
  expect(() => planCourse(book, { ...cut, without: ['grading'] })).toThrow('no chapter');
});

test('a long chapter goes on in the next unit', () => {
  const one = (slug: string, minutes: number) => ({ slug, title: slug, minutes, continued: false });
  const plan = intoUnits([one('a', 60), one('b', 180)], 3);
  expect(plan.map((unit) => unit.map((p) => [p.slug, p.minutes, p.continued]))).toEqual([
    [['a', 60, false], ['b', 20, false]], [['b', 80, true]], [['b', 80, true]],
  ]);
});

test('slides: marks, figures, the answer, and no code', () => {
  const lines = ['## One', '![a](a.svg)', '', 'text', '<!-- slide -->', 'marked', '<!-- /slide -->',
    '```md', '<!-- slide -->', '```', '## The answer', 'yes'];
  expect(slidesOf('x', lines)).toEqual([
    { heading: 'One', lines: ['![a](a.svg)'] }, { heading: 'One', lines: ['marked'] },
    { heading: 'The answer', lines: ['yes'] },
  ]);
  expect(() => slidesOf('x', ['<!-- slide -->'])).toThrow('x.md:1');
  expect(() => slidesOf('x', ['<!-- /slide -->'])).toThrow('x.md:1');
});

test('each chapter has a deck, and a page in the guide', () => {
  expect(slidePages()).toHaveLength(book.length);
  const guide = new Map(instructorPages().map((p) => [p.params.slug, p.content]));
  for (const { slug } of book) {
    expect(guide.get(slug), slug).toContain('**Solution** of');
    expect(guide.get(slug), slug).toContain('**Must fail:**');
  }
});
