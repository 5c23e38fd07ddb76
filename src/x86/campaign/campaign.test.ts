import { expect, test } from 'vitest';
import { campaign } from './campaign.ts';

test('the host agrees with us', () => {
  const report = campaign(7, 4000);
  if (!report) return console.log(
    'host CPU campaign: skipped, gcc -m32 makes nothing to run here');
  expect(report.failures).toEqual([]);
  expect(report.cases).toBeGreaterThan(3999);
}, 60_000);
