// Builds the site once for all browser tests.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
export const dist = join(root, '.vitepress', 'dist');

export function setup(): void {
  const cli = join(root, 'node_modules', 'vitepress', 'bin', 'vitepress.js');
  const { status, stderr } = spawnSync(process.execPath, [cli, 'build'], {
    cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' },
  });
  if (status !== 0) throw new Error(`the site does not build:\n${stderr}`);
}
