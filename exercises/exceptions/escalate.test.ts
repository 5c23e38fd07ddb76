import { expect, test } from 'vitest';
import type { Event } from '#book/x86/trap.ts';
import { escalate } from './escalate.ts';

const event = (vector: number, cause: Event['cause']): Event =>
  ({ vector, code: undefined, cause, next: 1 });
const after = (first: Event, vector: number, code = 0) =>
  escalate(first, { vector, code }, 0x1234);

test('benign first: the second is delivered', () => {
  expect(after(event(6, 'fault'), 13, 8)).toEqual(
    { vector: 13, code: 9, cause: 'fault', next: 0x1234 });
});

test.each([0, 10, 11, 12, 13])('%i twice is a double fault', (v) => {
  expect(after(event(v, 'fault'), v)).toEqual(
    { vector: 8, code: 0, cause: 'fault', next: 0x1234 });
});

test('page faults', () => {
  expect(after(event(14, 'fault'), 14, 2)?.vector).toBe(8);
  expect(after(event(14, 'fault'), 13)?.vector).toBe(8);
  expect(after(event(13, 'fault'), 14, 2)).toMatchObject(
    { vector: 14, code: 2 });
});

test('only faults count as first', () => {
  expect(after(event(13, 'soft'), 11)?.vector).toBe(11);
  expect(after(event(14, 'external'), 14)?.vector).toBe(14);
});

test('after a double fault', () => {
  expect(after(event(8, 'fault'), 13)).toBeUndefined();
  expect(after(event(8, 'fault'), 14)).toBeUndefined();
  expect(after(event(8, 'fault'), 6)?.vector).toBe(6);
});
