// What the title page says about the edition: the version, and the day of
// the commit, so that the same commit makes the same file.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

export interface Edition {
  readonly version: string;
  /** Of the commit; outside a repository, or with SOURCE_DATE_EPOCH, as that
   * says or now. */
  readonly date: Date;
  readonly commit: string;
  readonly about: string;
}

export function edition(): Edition {
  const { version, description } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;
  const log = spawnSync('git', ['log', '-1', '--format=%ct %h'], {
    cwd: root, encoding: 'utf8',
  });
  const [seconds = '', commit = ''] = (log.stdout ?? '').trim().split(' ');
  const epoch = process.env['SOURCE_DATE_EPOCH'] ?? seconds;
  const date = epoch === '' ? new Date() : new Date(Number(epoch) * 1000);
  return { version: version ?? '', date, commit, about: description ?? '' };
}

/** A name-based UUID: the same text has the same. */
export function uuidOf(text: string): string {
  const hash = createHash('sha256').update(text).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]]
    .map(([from, to]) => hex.slice(from, to)).join('-');
}
