import { expect, it } from 'vitest';
import { compareStrings } from './campaign.ts';
import { hasObjdump } from './listing.ts';
import { emptyReport } from './report.ts';
import { roundTrip } from './roundtrip.ts';
import { allRules } from './rules.ts';
import { seeded } from './strings.ts';

const installed = hasObjdump();
if (!installed) console.log('no objdump here: campaign skipped');

it('agrees with objdump, and goes there and back', async () => {
  if (!installed) return;
  const report = emptyReport();
  for (const mode of [16, 32] as const) {
    await compareStrings(report, seeded(mode), mode, 10, roundTrip);
  }
  expect(report.differences).toEqual([]);
  expect(report.counts.equal).toBeGreaterThan(15_000);
}, 60_000);

it('needs few excuses, each with its reason', () => {
  expect(allRules.length).toBeLessThanOrEqual(25);
  for (const rule of allRules) expect(rule.why).not.toBe('');
});
