import { expect, test } from 'vitest';
import { campaign } from './campaign.ts';

test('1,200 hostile calls', { timeout: 120_000 }, () => {
  const { calls } = campaign({ seed: 7, count: 1200, every: 10 });
  expect(calls).toBe(1200);
});
