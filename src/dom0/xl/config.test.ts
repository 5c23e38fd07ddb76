import { expect, test } from 'vitest';
import { parseCfg } from './cfg.ts';
import { readConfig } from './config.ts';

const FULL = String.raw`# a comment
name = "a \"quoted\" name"; type = 'pv'
kernel = '/boot/vm#linuz'  # not a comment inside quotes
memory = 0x40
maxmem = "128"
vcpus=2
disk = [ ]
extra = "console=hvc0"
extra += " quiet"
root = '/dev/xvda'
on_reboot = "destroy"
list = [ 'one', [ 2, 'three' ],
  "four",   # a comment, a newline, a last comma
]
nonsense = "\x41\102\n"
`;

test('a full file', () => {
  const settings = parseCfg('a.cfg', FULL);
  expect(settings.get('list')!.value)
    .toEqual(['one', [2, 'three'], 'four']);
  expect(settings.get('nonsense')!.value).toBe('AB\n');
  const config = readConfig('a.cfg', FULL);
  expect(config).toMatchObject({
    name: 'a "quoted" name', kernel: '/boot/vm#linuz', memoryMiB: 64,
    maxmemMiB: 128, vcpus: 2, onReboot: 'destroy', onCrash: 'destroy',
    cmdline: 'root=/dev/xvda console=hvc0 quiet',
  });
  expect(config.warnings).toEqual([
    'a.cfg:12: list is ignored', 'a.cfg:15: nonsense is ignored',
  ]);
});

const GOOD = 'name = "a"\nkernel = "k"\n';
const BAD: readonly (readonly [string, string])[] = [
  ['name = ', 'b.cfg:1: a "string", a number or a [list] expected, '
    + 'but the end of the file found'],
  ['name = foo', 'b.cfg:1: a "string", a number or a [list] expected, '
    + 'but foo found'],
  ['\nmemory = 64M', 'b.cfg:2: 64M is not understood here'],
  ['name "x"', 'b.cfg:1: = after name expected, but "x" found'],
  ['name = "x', 'b.cfg:1: the string that starts with "x has no end'],
  ['a = 1 b = 2', 'b.cfg:1: the end of the line expected, but b found'],
  ['a = [ 1 2 ]', 'b.cfg:1: , or ] expected, but 2 found'],
  ['a = [\n1,\n', 'b.cfg:3: a "string", a number or a [list] expected, '
    + 'but the end of the file found'],
  ['= 1', 'b.cfg:1: the name of an option expected, but = found'],
  ['import os', 'b.cfg:1: = after import expected, but os found'],
  ['', 'b.cfg:1: name is missing or empty'],
  ['name = "a"', 'b.cfg:1: kernel is missing or empty'],
];

const MEANT: readonly (readonly [string, string])[] = [
  ['memory = -1', 'b.cfg:3: memory wants a number from 1 up'],
  ['memory = "lots"', 'b.cfg:3: memory wants a number from 1 up'],
  ['memory = 8\nmaxmem = 4', 'b.cfg:4: maxmem below memory'],
  ['extra = [ 1 ]', 'b.cfg:3: extra wants one string, not a list'],
  ['type = "hvm"',
    'b.cfg:3: type = "hvm" does not work yet, only "pv" does'],
  ['builder = "hvm"',
    'b.cfg:3: type = "hvm" does not work yet, only "pv" does'],
  ['type = "x"', 'b.cfg:3: type = "x" is not one of pv, pvh, hvm'],
  ['disk = [ "phy:/dev/sda,xvda,w" ]',
    'b.cfg:3: disk: virtual disks do not work yet'],
  ['vif = [ "" ]',
    'b.cfg:3: vif: virtual network cards do not work yet'],
  ['on_crash = "cry"', 'b.cfg:3: on_crash = "cry" is not one of '
    + 'destroy, restart, preserve'],
  ['uuid = "1"', 'b.cfg:3: uuid = "1" is not a UUID'],
];

test.each([...BAD, ...MEANT.map(([t, m]) => [GOOD + t, m] as const)])(
  '%j', (source, message) => {
    expect(() => readConfig('b.cfg', source)).toThrow(message);
  });
