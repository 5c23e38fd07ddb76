// npm run guests -- NAME…: fetches guests that nobody here wrote from
// Debian's packages into .guests/NAME/, each with a ready NAME.cfg.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import zlib from 'node:zlib';

/** A guest: where it comes from and what its folder holds. */
interface Guest {
  readonly about: string;
  /** The package that holds it; a meta package is followed. */
  readonly pkg: string;
  readonly arch: 'amd64' | 'i386';
  /** Paths inside the package (a trailing * matches), our names. */
  readonly files: readonly (readonly [string, string])[];
  /** What is still to be made, in DIR, from the files. */
  readonly finish?: (dir: string, ctx: Context) => void;
  /** The text of NAME.cfg. */
  readonly cfg: (dir: string) => string;
}

interface Context {
  readonly root: string;
  readonly fetch: (pkg: string, arch: string) => string;
  readonly say: (line: string) => void;
}

class Failure extends Error {}

const HELP = `usage: npm run guests -- NAME…

Fetches guests from Debian's packages (with apt-get download and
dpkg-deb; no root needed) into .guests/NAME/, with a ready NAME.cfg.

NAMES
`;

const HAND = 'https://packages.debian.org/bookworm/';

// ---- .cfg files -----------------------------------------------------

/** Values are quoted as xl.cfg wants them. */
function cfg(about: string, entries: Record<string, string | number>) {
  const lines = Object.entries(entries).map(([key, value]) =>
    `${key} = ${typeof value === 'number' ? value : quoted(value)}`);
  return [`# ${about}`, ...lines, ''].join('\n');
}

function quoted(text: string): string {
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}

function pvCfg(name: string, about: string, kernel: string) {
  return () => cfg(about, {
    name, type: 'pv', kernel, memory: 64, vcpus: 1,
    on_poweroff: 'destroy', on_reboot: 'destroy', on_crash: 'destroy',
  });
}

// ---- The guests -----------------------------------------------------

const GRUB = '/usr/lib/grub-xen';

const GUESTS: Readonly<Record<string, Guest>> = {
  grub32: {
    about: 'GRUB 2.06 for Xen, PV, IA-32 with PAE',
    pkg: 'grub-xen-host', arch: 'amd64',
    files: [[`${GRUB}/grub-i386-xen.bin`, 'grub-i386-xen.bin']],
    cfg: pvCfg('grub32', 'GRUB 2.06, PV, IA-32 PAE', 'grub-i386-xen.bin'),
  },
  grub64: {
    about: 'GRUB 2.06 for Xen, PV, x86-64',
    pkg: 'grub-xen-host', arch: 'amd64',
    files: [[`${GRUB}/grub-x86_64-xen.bin`, 'grub-x86_64-xen.bin']],
    cfg: pvCfg('grub64', 'GRUB 2.06, PV, x86-64', 'grub-x86_64-xen.bin'),
  },
  'grub-pvh': {
    about: 'GRUB 2.06 for Xen, PVH, IA-32',
    pkg: 'grub-xen-host', arch: 'amd64',
    files: [[`${GRUB}/grub-i386-xen_pvh.bin`, 'grub-i386-xen_pvh.bin']],
    cfg: () => cfg('GRUB 2.06, PVH, IA-32', {
      name: 'grub-pvh', type: 'pvh', kernel: 'grub-i386-xen_pvh.bin',
      memory: 64, vcpus: 1,
    }),
  },
  linux64: linux('linux64', 'amd64', 'linux-image-amd64'),
  linux32: linux('linux32', 'i386', 'linux-image-686-pae'),
  memtest32: memtest('memtest32', 'memtest86+ia32.bin'),
  memtest64: memtest('memtest64', 'memtest86+x64.bin'),
  seabios: {
    about: 'SeaBIOS 1.16, a ROM for the bare machine',
    pkg: 'seabios', arch: 'amd64',
    files: [
      ['/usr/share/seabios/bios.bin', 'bios.bin'],
      ['/usr/share/seabios/bios-256k.bin', 'bios-256k.bin'],
      ['/usr/share/seabios/vgabios-stdvga.bin', 'vgabios-stdvga.bin'],
    ],
    cfg: () => bare('SeaBIOS', 'seabios', 'bios.bin'),
  },
  libc32: {
    about: "Debian's i386 libc: no guest, but code to decode",
    pkg: 'libc6', arch: 'i386',
    files: [['/lib/i386-linux-gnu/libc.so.6', 'libc.so.6']],
    cfg: () => '# Not a guest: read by npm run campaign:objdump\n',
  },
  xen64: {
    about: 'Xen 4.17 itself, for the bare machine',
    pkg: 'xen-hypervisor-4.17-amd64', arch: 'amd64',
    files: [['/boot/xen-4.17-amd64.gz', 'xen-4.17-amd64.gz']],
    finish: dir => gunzip(dir, 'xen-4.17-amd64.gz', 'xen-4.17-amd64'),
    cfg: () => bare('Xen 4.17', 'xen64', 'xen-4.17-amd64'),
  },
};

function memtest(name: string, file: string): Guest {
  return {
    about: `memtest86+ 6.10 (${file}), for the bare machine`,
    pkg: 'memtest86+', arch: 'amd64',
    files: [[`/boot/${file}`, file]],
    cfg: () => bare('memtest86+ 6.10', name, file),
  };
}

function bare(about: string, name: string, kernel: string): string {
  return cfg(`${about}. Not a Xen guest: for the bare machine, see\n`
    + '# npm run machine -- --help', {
    name, type: 'hvm', kernel, memory: 64, vcpus: 1,
  });
}

function linux(name: string, arch: 'amd64' | 'i386', pkg: string): Guest {
  // Linux has had no 32-bit PV since 5.9; its PVH entry is still there.
  const type = arch === 'i386' ? 'pvh' : 'pv';
  return {
    about: `Debian's Linux 6.1 (${pkg}) with a busybox initramfs`,
    pkg, arch,
    files: [['/boot/vmlinuz-*', 'vmlinuz']],
    finish: (dir, ctx) => {
      ctx.say('  unpacking vmlinux from vmlinuz');
      const image = fs.readFileSync(path.join(dir, 'vmlinuz'));
      fs.writeFileSync(path.join(dir, 'vmlinux'), payload(image));
      const deb = ctx.fetch('busybox-static', arch);
      const box = extract(deb, '/bin/busybox', dir, 'busybox');
      const cpio = initramfs(fs.readFileSync(box));
      fs.writeFileSync(
        path.join(dir, 'initramfs.gz'), zlib.gzipSync(cpio));
      ctx.say('  made initramfs.gz');
    },
    cfg: () => cfg(`Debian's Linux 6.1 (${arch}), ${type.toUpperCase()}`, {
      name, type, kernel: 'vmlinux', ramdisk: 'initramfs.gz',
      extra: 'console=hvc0 earlyprintk=xen', memory: 256, vcpus: 1,
    }),
  };
}

// ---- Linux: the kernel inside a bzImage -----------------------------

/**
 * The decompressed ELF inside a bzImage. The boot protocol (2.08) gives
 * the payload's offset and length; the payload's first bytes say how it
 * was compressed.
 */
function payload(image: Buffer): Buffer {
  if (image.toString('latin1', 0x202, 0x206) !== 'HdrS') {
    throw new Failure('vmlinuz: no Linux boot header');
  }
  const setup = ((image[0x1f1] || 4) + 1) * 512;
  const start = setup + image.readUInt32LE(0x248);
  const data = image.subarray(start, start + image.readUInt32LE(0x24c));
  const kinds: [string, string[]][] = [
    ['fd377a585a00', ['xz', '-dc', '--single-stream']],
    ['28b52ffd', ['zstd', '-dcq', '--no-check']],
    ['02214c18', ['lz4', '-dc']],
    ['1f8b', ['gzip', '-dcq']],
  ];
  const kind = kinds.find(([magic]) =>
    data.toString('hex', 0, magic.length / 2) === magic);
  if (!kind) throw new Failure('vmlinuz: compression not recognised');
  return decompress(kind[1], data);
}

/** The 4 bytes after the stream are its size: tools warn, we check. */
function decompress([tool = '', ...args]: string[], data: Buffer) {
  const size = data.readUInt32LE(data.length - 4);
  const run = spawnSync(tool, args, {
    input: data, maxBuffer: 1 << 30, stdio: ['pipe', 'pipe', 'ignore'],
  });
  if (run.error) {
    throw new Failure(`this kernel is packed with ${tool}, which is not `
      + `installed here (apt-get install ${tool})`);
  }
  if (run.stdout.length < size || size === 0) {
    throw new Failure(`${tool} could not unpack the kernel`);
  }
  return run.stdout.subarray(0, size);
}

function gunzip(dir: string, from: string, to: string): void {
  const data = fs.readFileSync(path.join(dir, from));
  fs.writeFileSync(path.join(dir, to), zlib.gunzipSync(data));
}

// ---- Linux: an initramfs of one program -----------------------------

const INIT = `#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev 2>/dev/null
echo
echo "Ringfence: Linux $(uname -r) is up"
setsid cttyhack sh
poweroff -f
`;

/** A cpio archive ("newc"): directories, /init, busybox, two devices. */
function initramfs(busybox: Buffer): Buffer {
  const dirs = ['bin', 'dev', 'proc', 'sys', 'tmp', 'root'];
  return Buffer.concat([
    ...dirs.map(name => entry(name, 0o040755)),
    entry('dev/console', 0o020600, Buffer.alloc(0), [5, 1]),
    entry('dev/null', 0o020666, Buffer.alloc(0), [1, 3]),
    entry('bin/busybox', 0o100755, busybox),
    entry('init', 0o100755, Buffer.from(INIT)),
    entry('TRAILER!!!', 0),
  ]);
}

let inode = 0;
function entry(
  name: string, mode: number, data: Buffer = Buffer.alloc(0),
  dev: readonly number[] = [0, 0],
): Buffer {
  const fields = [
    inode++, mode, 0, 0, 1, 0, data.length, 0, 0,
    dev[0] ?? 0, dev[1] ?? 0, name.length + 1, 0,
  ];
  const head = '070701'
    + fields.map(n => n.toString(16).padStart(8, '0')).join('')
    + `${name}\0`;
  return Buffer.concat([pad(Buffer.from(head)), pad(data)]);
}

function pad(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc(-data.length & 3)]);
}

// ---- Packages -------------------------------------------------------

/** Runs a program; its output, or undefined if it fails. */
function quietly(tool: string, args: string[], cwd?: string) {
  const run = spawnSync(tool, args, {
    encoding: 'utf8', ...(cwd === undefined ? {} : { cwd }),
  });
  return run.status === 0 ? run.stdout : undefined;
}

/**
 * Options that give apt a state of its own under .guests/.apt: no root,
 * nothing of the system's is changed, and any architecture will do.
 */
function privateApt(root: string, arch: string): string[] {
  const base = path.join(root, '.apt', arch);
  for (const dir of ['lists/partial', 'cache/archives/partial']) {
    fs.mkdirSync(path.join(base, dir), { recursive: true });
  }
  fs.writeFileSync(path.join(base, 'status'), '', { flag: 'a' });
  const set: Record<string, string> = {
    'Dir::State': base, 'Dir::State::lists': path.join(base, 'lists'),
    'Dir::State::status': path.join(base, 'status'),
    'Dir::Cache': path.join(base, 'cache'),
    'APT::Architecture': arch, 'APT::Architectures': arch,
  };
  return Object.entries(set).flatMap(([k, v]) => ['-o', `${k}=${v}`]);
}

/** The package itself, or the one that a meta package depends on. */
function followMeta(options: string[], pkg: string): string {
  if (!/^linux-image-(amd64|686-pae)$/.test(pkg)) return pkg;
  const text = quietly('apt-cache', [...options, 'depends', pkg]) ?? '';
  return /Depends: (linux-image-\d\S*)/.exec(text)?.[1] ?? pkg;
}

function tryDownload(options: string[], pkg: string, dir: string) {
  const name = followMeta(options, pkg);
  const before = new Set(fs.readdirSync(dir));
  const ok = quietly('apt-get', [...options, 'download', name], dir);
  if (ok === undefined) return undefined;
  const deb = fs.readdirSync(dir)
    .find(f => f.endsWith('.deb') && !before.has(f));
  return deb && path.join(dir, deb);
}

/** Downloads a package with apt-get; the path of the .deb. */
function fetchDeb(
  root: string, pkg: string, arch: string, say: (l: string) => void,
): string {
  const dir = path.join(root, '.debs', arch, pkg);
  fs.mkdirSync(dir, { recursive: true });
  const have = fs.readdirSync(dir).find(f => f.endsWith('.deb'));
  if (have) return path.join(dir, have);
  say(`  downloading ${pkg} (${arch})`);
  const native = quietly('dpkg', ['--print-architecture'])?.trim();
  const first = native === arch
    ? tryDownload([], pkg, dir) : undefined;
  if (first) return first;
  const options = privateApt(root, arch);
  say(`  reading the package lists for ${arch}`);
  quietly('apt-get', [...options, 'update']);
  const deb = tryDownload(options, pkg, dir);
  if (deb) return deb;
  throw new Failure(`apt-get could not download ${pkg} (${arch}): is the `
    + 'network up, and is this Debian 12?\n' + byHand(dir, pkg, arch));
}

function byHand(dir: string, pkg: string, arch: string): string {
  const see = pkg.startsWith('linux-image')
    ? `${HAND}${pkg} (and there the package that it depends on)`
    : `${HAND}${arch}/${pkg}/download`;
  return `By hand: download ${see}\nand put the .deb into ${dir}/`;
}

/** Takes one file out of a package. */
function extract(
  deb: string, wanted: string, dir: string, name: string,
): string {
  const tmp = fs.mkdtempSync(path.join(dir, '.unpack-'));
  try {
    execFileSync('dpkg-deb', ['-x', deb, tmp]);
    const from = findFile(tmp, wanted);
    if (!from) {
      throw new Failure(`${path.basename(deb)} has no ${wanted}`);
    }
    fs.copyFileSync(from, path.join(dir, name));
  } finally {
    fs.rmSync(tmp, { recursive: true, force: true });
  }
  return path.join(dir, name);
}

function findFile(base: string, wanted: string): string | undefined {
  const full = path.join(base, wanted);
  if (!wanted.endsWith('*')) return fs.existsSync(full) ? full : undefined;
  const dir = path.dirname(full);
  const start = path.basename(full).slice(0, -1);
  if (!fs.existsSync(dir)) return undefined;
  const file = fs.readdirSync(dir).find(f => f.startsWith(start));
  return file && path.join(dir, file);
}

// ---- The command ----------------------------------------------------

function needTools(root: string, dir: string, guest: Guest): void {
  const debs = path.join(root, '.debs', guest.arch, guest.pkg);
  const missing = ['apt-get', 'dpkg-deb']
    .filter(tool => spawnSync(tool, ['--version']).error);
  if (missing.includes('dpkg-deb')) {
    const files = guest.files.map(([from, to]) => `${from} as ${to}`);
    throw new Failure(`${missing.join(' and ')} not found: packages `
      + 'cannot be unpacked here.\n'
      + `By hand: download ${HAND}${guest.pkg}, unpack it with any tool `
      + `(ar, tar) and put\n  ${files.join('\n  ')}\ninto the folder `
      + 'of the guest, then run this again.');
  }
  fs.mkdirSync(debs, { recursive: true });
  const have = fs.readdirSync(debs).some(f => f.endsWith('.deb'));
  if (missing.length && !have) {
    throw new Failure('apt-get not found.\n'
      + byHand(debs, guest.pkg, guest.arch));
  }
}

function get(name: string, guest: Guest, ctx: Context): void {
  const dir = path.join(ctx.root, name);
  fs.mkdirSync(dir, { recursive: true });
  ctx.say(`${name}: ${guest.about}`);
  const missing = guest.files
    .filter(([, to]) => !fs.existsSync(path.join(dir, to)));
  if (missing.length) {
    needTools(ctx.root, dir, guest);
    const deb = ctx.fetch(guest.pkg, guest.arch);
    for (const [from, to] of missing) extract(deb, from, dir, to);
  }
  guest.finish?.(dir, ctx);
  fs.writeFileSync(path.join(dir, `${name}.cfg`), guest.cfg(dir));
  const size = guest.files.reduce((sum, [, to]) =>
    sum + fs.statSync(path.join(dir, to)).size, 0);
  ctx.say(`  ready: ${path.join('.guests', name, `${name}.cfg`)} `
    + `(${Math.ceil(size / 1024)} KiB)`);
}

function help(): string {
  const rows = Object.entries(GUESTS)
    .map(([name, guest]) => `  ${name.padEnd(10)} ${guest.about}`);
  return `${HELP}${rows.join('\n')}\n`;
}

function main(args: string[]): number {
  if (!args.length || args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help());
    return args.length ? 0 : 2;
  }
  const unknown = args.filter(name => !Object.hasOwn(GUESTS, name));
  if (unknown.length) {
    process.stderr.write(`guests: unknown guest ${unknown.join(', ')}; `
      + `there are ${Object.keys(GUESTS).join(', ')}\n`);
    return 2;
  }
  const root = path.resolve(import.meta.dirname, '..', '.guests');
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const fetch = (pkg: string, arch: string) =>
    fetchDeb(root, pkg, arch, say);
  let failed = 0;
  for (const name of args) {
    try {
      get(name, GUESTS[name]!, { root, fetch, say });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      process.stderr.write(`guests: ${name}: ${error.message}\n`);
      failed++;
    }
  }
  return failed ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
