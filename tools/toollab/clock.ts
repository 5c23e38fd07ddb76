// A small book with one exercise, on whose answers two benches work.

export const CONTENTS = `parts:
  - title: A small book
    appendix: true
    chapters: [clock]
`;

/** The chapter: functions, their test, and an exercise. */
export const CHAPTER = `---
title: Hours
question: What comes after eleven at night?
minutes:
  Round and round: 5
  Exercises: 10
---

# Hours

## Round and round

Hours go from 0 to 23, and the clock goes on.

\`\`\`ts new=src/clock.ts
/** The hour of a day that any whole number means. */
export function wrap(hour: number): number {
  return ((hour % 24) + 24) % 24;
}

/** So many hours later, or earlier. */
export function later(hour: number, by: number): number {
  return wrap(hour + by);
}
\`\`\`

It goes both ways.

\`\`\`ts test=src/clock.test.ts
import { expect, test } from 'vitest';
import { later } from './clock.ts';

test('over midnight', () => {
  expect(later(23, 2)).toBe(1);
});
test('and back', () => {
  expect(later(1, -3)).toBe(22);
});
\`\`\`

## Exercises

### Exercise: Wrap

Write \`wrap\` yourself.

\`\`\`ts exercise=clock/wrap replaces=src/clock.ts#wrap
/** The hour of a day that any whole number means. */
export function wrap(hour: number): number {
  throw new Error(\`yours to write: \${hour}\`);
}
\`\`\`

The tests are short.

\`\`\`ts exercise-test=clock/wrap
import { expect, test } from 'vitest';
import { wrap } from './wrap.ts';

test('an hour is itself', () => {
  expect(wrap(0)).toBe(0);
  expect(wrap(23)).toBe(23);
});
test('the next day', () => {
  expect(wrap(24)).toBe(0);
  expect(wrap(61)).toBe(13);
});
\`\`\`

\`\`\`hint exercise=clock/wrap
What is \`-3 % 24\`?
\`\`\`
`;

export const SOLUTION = `/** The hour of a day that any whole number means. */
export function wrap(hour: number): number {
  const rest = hour % 24;
  return rest < 0 ? rest + 24 : rest;
}
`;

/** It passes the exercise's own tests. */
export const NEARLY = `/** The hour of a day that any whole number means. */
export function wrap(hour: number): number {
  return hour % 24;
}
`;

export const STUB = `/** The hour of a day that any whole number means. */
export function wrap(hour: number): number {
  throw new Error(\`yours to write: \${hour}\`);
}
`;

const answer = (info: string, text: string): string =>
  `\n\`\`\`ts ${info}\n${text}\`\`\`\n`;

/** One answer that must pass, and three that must not. */
export const SOLUTIONS = `# Answers
${answer('solution=clock/wrap', SOLUTION)}
Only forward:
${answer('wrong=clock/wrap name="remainder only"', NEARLY)}
One day too short:
${answer('wrong=clock/wrap name="modulo 23"',
    NEARLY.replace('hour % 24', '((hour % 23) + 23) % 23'))}
The first day only:
${answer('wrong=clock/wrap name="one day"',
    NEARLY.replace('hour % 24', 'hour < 0 ? hour + 24 : hour'))}`;
