import { performance } from 'node:perf_hooks';
import { printProblem } from '../model.ts';
import { check, STAGES } from './check.ts';

/** `lit check`: prints what is wrong and how much is right. */
export async function runCheck(
  root: string, words: readonly string[],
): Promise<number> {
  const start = performance.now();
  const only = words.indexOf('--only');
  const named = only < 0 ? undefined : words[only + 1]?.split(',');
  const slugs = words.filter((word, i) =>
    !word.startsWith('--') && (only < 0 || i !== only + 1));
  const stages = STAGES.filter((s) => !named || named.includes(s));
  const update = words.includes('--update');
  const report = await check(root, { slugs, stages, update },
    (text) => console.error(text));
  for (const problem of report.problems) {
    console.error(printProblem(problem));
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`checked ${stages.join(', ')} in ${seconds} s`);
  console.log(`${report.passed} passed, ${report.failed} failed`);
  return report.failed > 0 ? 1 : 0;
}
