// Builds the site once for all browser tests.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
export const dist = join(root, '.vitepress', 'dist');

export function setup(): void {
  const cli = join(root, 'node_modules', 'vitepress', 'bin', 'vitepress.js');
  execFileSync(process.execPath, [cli, 'build'], { cwd: root, stdio: 'pipe' });
}
