import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fence } from '../try.ts';
import { half, halfTest, Project } from './project.ts';

let project: Project;
beforeEach(() => { project = new Project(); });
afterEach(() => project.remove());

describe('check', () => {
  test('says the chapter’s line of a type error', async () => {
    project.write('chapters/one.md', half + halfTest);
    project.write('chapters/two.md', fence('ts edit=src/half.ts#half',
      'return x / 2; // [!code --]',
      "return 'x' + x; // [!code ++]"));
    const { all } = await project.check('types');
    expect(all).toMatch(/^chapters\/two\.md:6:1: TS2322: .*string/);
  });

  test('says the chapter’s line of a failed test', async () => {
    project.write('chapters/one.md', half + halfTest);
    project.write('chapters/two.md', fence('ts edit=src/half.ts#half',
      'return x / 2; // [!code --]', 'return x / 3; // [!code ++]'));
    const first = await project.check('tests');
    expect(first.all)
      .toMatch(/^chapters\/one\.md:16:19: half: expected 1\.33/);
    expect([first.passed, first.failed]).toEqual([1, 1]);
    project.write('chapters/two.md', '# Two\n');
    const second = await project.check('tests');
    expect([second.passed, second.failed]).toEqual([1, 0]);
  });

  test('compares what runs print', async () => {
    project.write('chapters/one.md', half + fence('ts new=src/say.ts',
      "console.log('retired instructions: 26112');")
      + fence('console run=say', '$ npm run -s say',
        'retired instructions: 26113')
      + 'It is 26,113<!--run=say key="retired instructions"-->.\n');
    const { all, failed } = await project.check('runs');
    expect(all).toContain('one.md:20:1: run=say does not print');
    expect(all).toContain('chapters/one.md:22:1: 26,113 is not what');
    expect(failed).toBe(2);
  });

  test('says which section has no minutes', async () => {
    project.write('chapters/one.md', ['---', 'question: What?',
      'minutes:', '  Begin: 5', '  Old name: 3', '  Rest: soon', '---',
      '## Begin', '## New name {#new}', '## Rest', half].join('\n'));
    const { all } = await project.check('lints');
    const none = 'no minutes stated for the section';
    expect(all.match(/(?<=one\.md:).*minutes.*/g)).toEqual([
      `9:1: ${none} "New name"`, `10:1: ${none} "Rest"`,
      '1:1: minutes stated for "Old name", which is no section',
    ]);
  });
}, 60_000);
