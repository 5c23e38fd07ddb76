import { expect, test } from 'vitest';
import { Diverged } from '#book/machine/replay.ts';
import { Story } from './story.ts';

function told(...items: string[]): Story<string> {
  const story = new Story<string>();
  for (const item of items) story.tell(item);
  return story;
}

test('what is told again is kept once', () => {
  const story = told('a', 'b', 'c', 'd', 'e');
  story.goTo(1);
  expect(story.past()).toEqual(['a']);
  expect(story.all()).toEqual(['a', 'b', 'c', 'd', 'e']);
  story.tell('b');
  expect(story.place()).toBe(2);
  story.goTo(4);
  for (const item of ['e', 'f']) story.tell(item);
  expect(story.all().join('')).toBe('abcdef');
});

test('another future', () => {
  const story = told('a', 'b', 'c');
  story.goTo(1);
  expect(() => story.tell('x')).toThrow(Diverged);
  story.goTo(1);
  story.forget();
  story.tell('x');
  expect(story.all()).toEqual(['a', 'x']);
});

test('records are compared by what they hold', () => {
  const story = new Story<object>();
  story.tell({ at: 1, args: ['x'] });
  story.goTo(0);
  story.tell({ at: 1, args: ['x'] });
  expect(story.all().length).toBe(1);
  story.goTo(0);
  expect(() => story.tell({ at: 2, args: ['x'] })).toThrow(Diverged);
});
