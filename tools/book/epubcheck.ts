// epubcheck, where it is installed (Debian: package epubcheck; it needs Java).
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How to start it. Debian's command is the jar itself, which a shell would
 * take for a script. */
function way(): readonly string[] | undefined {
  const path = (process.env['PATH'] ?? '').split(delimiter)
    .map((folder) => join(folder, 'epubcheck')).find((file) => existsSync(file));
  if (path === undefined) return undefined;
  const jar = readFileSync(path).subarray(0, 2).toString('latin1') === 'PK';
  const command = jar ? ['java', '-jar', path] : [path];
  const { stdout } = spawnSync(
    command[0] ?? '', [...command.slice(1), '--version'], { encoding: 'utf8' });
  return stdout?.startsWith('EPUBCheck') ? command : undefined;
}

export interface Verdict {
  readonly ok: boolean;
  /** What it printed. */
  readonly text: string;
}

/** Its verdict on a file, warnings counted as errors; undefined where it is
 * not installed. */
export function epubcheck(path: string): Verdict | undefined {
  const [command, ...args] = way() ?? [];
  if (command === undefined) return undefined;
  const { status, stdout, stderr } = spawnSync(
    command, [...args, '--failonwarnings', path], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return { ok: status === 0, text: `${stdout}${stderr}`.trim() };
}
