import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fence } from '../try.ts';
import { half, halfTest, Project } from './project.ts';

let project: Project;
beforeEach(() => { project = new Project(); });
afterEach(() => project.remove());

describe('exercises', () => {
  test('wrong solutions must fail, right ones pass', async () => {
    project.write('chapters/one.md', half + halfTest
      + fence('ts exercise=one/third',
        'export function third(x: number) {',
        "  throw new Error('yours');", '}')
      + fence('ts new=src/unit.ts', 'export const unit = 3;')
      + fence('ts exercise-test=one/third',
        "import { expect, test } from 'vitest';",
        "import { half } from '#book/half.ts';",
        "import { third } from './third.ts';",
        "test('third', () => {", '  expect(third(half(6))).toBe(1);',
        '});'));
    project.write('chapters/one.solutions.md',
      fence('ts solution=one/third',
        "import { unit } from '#book/unit.ts';",
        'export const third = (x: number): number => x / unit;')
      + fence('ts wrong=one/third name="always one"',
        'export const third = (x: number): number => 1;'));
    const { all } = await project.check('exercises');
    expect(all).toContain('one/third let "always one" pass');
    expect(all).not.toContain('the solution of');
    expect(all).not.toContain('let "stub" pass');
  });
}, 60_000);
