// A short version of `npm run campaign:memory`: that functions which are hot
// get their regions, and that these take the room that is said.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('a few hundred regions', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx',
    'tools/memory-campaign.ts', '--regions', '300', '--rewrites', '0'],
  { cwd: join(import.meta.dirname, '..'), encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(Number(/^(\d+) regions/.exec(stdout)?.[1])).toBeGreaterThanOrEqual(300);
});
