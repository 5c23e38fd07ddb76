import fs from 'node:fs';
import path from 'node:path';
import type { CreateRequest, File } from '../toolstack/letters.ts';
import { readConfig, type DomainConfig } from './config.ts';

/** A mistake of the user's; the message names the file. */
export class UserError extends Error {}

function why(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'is a directory';
  return String(code ?? error);
}

function readFile(name: string): Buffer {
  try {
    return fs.readFileSync(name);
  } catch (error) {
    throw new UserError(`${name}: ${why(error)}`);
  }
}

export function loadConfig(
  file: string, more: readonly string[],
): DomainConfig {
  const text = readFile(file).toString('utf8');
  return readConfig(file, [text, ...more].join('\n'));
}

function loadImage(config: DomainConfig, name: string): File {
  const beside = path.resolve(path.dirname(config.file), name);
  const found = [path.resolve(name), beside].find(fs.existsSync);
  const bad = (reason: string): UserError =>
    new UserError(`${config.file}: ${name}: ${reason}`);
  if (!found) throw bad('no such file');
  const bytes = readFile(found);
  if (bytes.length) return { name, bytes: new Uint8Array(bytes) };
  throw bad('the file is empty');
}

/** Everything that dom0 needs to create the domain. */
export function requestFor(
  config: DomainConfig, paused: boolean,
): CreateRequest {
  const { name, uuid, memoryMiB, maxmemMiB, vcpus, cmdline } = config;
  return {
    name, uuid, memoryMiB, maxmemMiB, vcpus, cmdline, paused,
    kernel: loadImage(config, config.kernel),
    ...(config.ramdisk
      ? { ramdisk: loadImage(config, config.ramdisk) } : {}),
  };
}
