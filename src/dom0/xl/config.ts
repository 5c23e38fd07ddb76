import { ConfigError, parseCfg, type Settings } from './cfg.ts';

export const ACTIONS = ['destroy', 'restart', 'preserve'] as const;
export type Action = (typeof ACTIONS)[number];

export interface DomainConfig {
  readonly file: string;
  readonly name: string;
  readonly kernel: string;
  readonly ramdisk?: string;
  readonly cmdline: string;
  readonly memoryMiB: number;
  readonly maxmemMiB: number;
  readonly vcpus: number;
  readonly uuid: string;
  readonly onPoweroff: Action;
  readonly onReboot: Action;
  readonly onCrash: Action;
  /** Options that mean nothing to us, as file:line messages. */
  readonly warnings: readonly string[];
}

/** Refused when they ask for something; when that will change. */
const LATER: Readonly<Record<string, string>> = {
  disk: 'virtual disks', vif: 'virtual network cards',
  pci: 'passing PCI devices through', vfb: 'virtual frame buffers',
  usbdev: 'USB devices', vtpm: 'virtual TPMs', p9: '9pfs shares',
  bootloader: 'boot loaders in dom0', device_tree: 'device trees',
};

const KNOWN: ReadonlySet<string> = new Set([
  'name', 'kernel', 'ramdisk', 'extra', 'root', 'cmdline', 'memory',
  'maxmem', 'vcpus', 'maxvcpus', 'type', 'builder', 'uuid',
  'on_poweroff', 'on_reboot', 'on_crash', ...Object.keys(LATER),
]);

interface Reader {
  readonly file: string;
  readonly settings: Settings;
}

function fail(r: Reader, key: string, reason: string): never {
  const line = r.settings.get(key)?.line ?? 1;
  throw new ConfigError(r.file, line, reason);
}

function text(r: Reader, key: string): string | undefined {
  const value = r.settings.get(key)?.value;
  if (value === undefined) return undefined;
  if (typeof value === 'object') {
    return fail(r, key, `${key} wants one string, not a list`);
  }
  return String(value);
}

function whole(r: Reader, key: string, least: number) {
  const value = r.settings.get(key)?.value;
  if (value === undefined) return undefined;
  const n = typeof value === 'string' && /^\d+$/.test(value)
    ? Number(value) : value;
  if (typeof n !== 'number' || n < least || n > 0x7fff_ffff) {
    return fail(r, key, `${key} wants a number from ${least} up`);
  }
  return n;
}

function cmdlineOf(r: Reader): string {
  const all = text(r, 'cmdline');
  if (all !== undefined) return all;
  const root = text(r, 'root');
  const parts = [root && `root=${root}`, text(r, 'extra')];
  return parts.filter(Boolean).join(' ');
}

function actionOf(r: Reader, key: string, otherwise: Action): Action {
  const given = text(r, key);
  if (given === undefined) return otherwise;
  const action = ACTIONS.find(one => one === given);
  return action
    ?? fail(r, key, `${key} = "${given}" is not one of `
      + ACTIONS.join(', '));
}

function refuse(r: Reader): void {
  for (const [key, what] of Object.entries(LATER)) {
    const value = r.settings.get(key)?.value;
    const empty = value === undefined || value === ''
      || (Array.isArray(value) && value.length === 0);
    if (!empty) fail(r, key, `${key}: ${what} do not work yet`);
  }
  const builder = text(r, 'builder') === 'hvm' ? 'hvm' : undefined;
  const type = text(r, 'type') ?? builder ?? 'pv';
  if (!/^(pv|pvh|hvm)$/.test(type)) {
    fail(r, 'type', `type = "${type}" is not one of pv, pvh, hvm`);
  }
  if (type !== 'pv') {
    fail(r, r.settings.has('type') ? 'type' : 'builder',
      `type = "${type}" does not work yet, only "pv" does`);
  }
}

/** Reads a configuration file's text; throws ConfigError. */
export function readConfig(file: string, source: string): DomainConfig {
  const r: Reader = { file, settings: parseCfg(file, source) };
  refuse(r);
  const name = text(r, 'name');
  if (!name) return fail(r, 'name', 'name is missing or empty');
  const kernel = text(r, 'kernel');
  if (!kernel) return fail(r, 'kernel', 'kernel is missing or empty');
  const ramdisk = text(r, 'ramdisk');
  const memoryMiB = whole(r, 'memory', 1) ?? 32;
  const maxmemMiB = whole(r, 'maxmem', 1) ?? memoryMiB;
  if (maxmemMiB < memoryMiB) fail(r, 'maxmem', 'maxmem below memory');
  return {
    file, name, kernel, ...(ramdisk ? { ramdisk } : {}),
    cmdline: cmdlineOf(r), memoryMiB, maxmemMiB,
    vcpus: whole(r, 'vcpus', 1) ?? 1,
    uuid: uuidOf(r, name),
    onPoweroff: actionOf(r, 'on_poweroff', 'destroy'),
    onReboot: actionOf(r, 'on_reboot', 'restart'),
    onCrash: actionOf(r, 'on_crash', 'destroy'),
    warnings: [...r.settings].filter(([key]) => !KNOWN.has(key))
      .map(([key, { line }]) => `${file}:${line}: ${key} is ignored`),
  };
}

function uuidOf(r: Reader, name: string): string {
  const given = text(r, 'uuid');
  const form = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  if (given !== undefined) {
    return form.test(given) ? given.toLowerCase()
      : fail(r, 'uuid', `uuid = "${given}" is not a UUID`);
  }
  let digits = '';
  for (let round = 0; round < 4; round++) {
    let hash = 0x811c_9dc5 ^ round;
    for (const c of name) {
      hash = Math.imul(hash ^ c.charCodeAt(0), 0x0100_0193) >>> 0;
    }
    digits += hash.toString(16).padStart(8, '0');
  }
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/,
    '$1-$2-$3-$4-$5');
}
