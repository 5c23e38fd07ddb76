import { expect, test } from 'vitest';
import { floatCampaign } from './float-campaign.ts';

test.each(['x87', 'sse'] as const)('%s as on the host', (group) => {
  const report = floatCampaign(group, 7, 1500);
  if (!report) return console.log(
    'host float campaign: skipped, no gcc for 64-bit x86 Linux here');
  expect(report.failures).toEqual([]);
  expect(report.cases).toBeGreaterThan(1499);
}, 60_000);
