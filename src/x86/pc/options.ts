/** What was asked for on the command line. */
export interface Options {
  image: string;
  at: number | undefined;
  real: boolean;
  rom: boolean;
  command: string;
  memory: number;
  limit: number;
  stats: boolean;
  trace: 'exec' | 'traps' | undefined;
  posts: number[];
  texts: number[];
  keys: string;
  ramdisk: string | undefined;
  record: string | undefined;
  reference: boolean;
}

export const HELP = `usage: npm run machine -- run IMAGE [options]
       npm run machine -- replay FILE [options]

Runs an image on the bare machine, a PC, and shows what it says by the
serial port (0x3f8), port 0xe9, port 0x402, and on its text screen.

IMAGE is a multiboot kernel (ELF or with addresses in its header), a
Linux kernel (bzImage), or a ROM that ends at 4 GiB and at 1 MiB. With
--at it is a flat image. A file FILE.asm is assembled, and entered at
its first byte, at 0x8000 unless --at says otherwise.

  --at ADDRESS     put the image there and enter it at its first byte
  --real           enter it in real mode (with --at)
  --rom            take it for a ROM
  --append TEXT    the command line of a kernel
  --initrd FILE    a file beside it: Linux's initial RAM disk, or a
                   module of a multiboot kernel
  --memory SIZE    RAM, such as 64M or 8192K (default 64M)
  --limit N        stop after N instructions
  --stats          say at the end how many instructions were retired
  --trace exec     show each instruction before it is executed
  --trace traps    show each exception and interrupt
  --post PORT      show each byte written to this port, as a number
  --text PORT      show each byte written to this port, as a letter
  --record FILE    write down all that comes in, to be replayed
  --reference      have the reference run each instruction, instead
                   of translating them; --trace exec does so, too
  --keys TEXT      type this on the keyboard, \\n for the enter key
  --help           show this text

A recording is replayed to its end, unless something else is said:

  --until N        stop after N instructions and show the registers
  --changed PA     then go back to the instruction that changed the
                   word at this address of RAM last
  --hash           show a hash of the whole state
  --reference      as above

On a terminal, keys go to the serial port and to the keyboard, the text
screen is shown as it changes, and Ctrl-C ends the run.
Exits with 0 when the processor has halted for good, asked
for a reset, or reached the limit; with 1 after a triple fault or if
something is wrong with the image.`;

/** A command line that makes no sense; the message says why. */
export class BadUsage extends Error {}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0) {
    throw new BadUsage(`${option}: ${text} is not a number`);
  }
  return value;
}

/** 64M, 8192K, or bytes; whole pages, 1 MiB to 3.5 GiB. */
function sizeOf(text: string): number {
  const [, digits = '', unit = ''] =
    /^(\d+)([KMG]?)$/i.exec(text) ?? [];
  const power = ['', 'K', 'M', 'G'].indexOf(unit.toUpperCase());
  const size = Number(digits) * 1024 ** power;
  if (digits === '' || size < 2 ** 20 || size > 3.5 * 2 ** 30
    || size % 4096 !== 0) {
    throw new BadUsage(
      `--memory: ${text} is not a size from 1M to 3584M`);
  }
  return size;
}

const escapes: Record<string, string> =
  { n: '\n', t: '\t', e: '\x1b', '\\': '\\' };

const typed = (text: string): string =>
  text.replace(/\\([nte\\])/g, (_all, c: string) => escapes[c] ?? c);

const VALUES: Record<string, (o: Options, text: string) => void> = {
  '--at': (o, text) => { o.at = numberOf('--at', text); },
  '--append': (o, text) => { o.command = text; },
  '--initrd': (o, text) => { o.ramdisk = text; },
  '--memory': (o, text) => { o.memory = sizeOf(text); },
  '--limit': (o, text) => { o.limit = numberOf('--limit', text); },
  '--post': (o, text) => { o.posts.push(numberOf('--post', text)); },
  '--text': (o, text) => { o.texts.push(numberOf('--text', text)); },
  '--record': (o, text) => { o.record = text; },
  '--keys': (o, text) => { o.keys = typed(text); },
  '--trace': (o, text) => {
    if (text !== 'exec' && text !== 'traps') {
      throw new BadUsage(`--trace: exec or traps, not ${text}`);
    }
    o.trace = text;
  },
};

const SWITCHES: Record<string, (o: Options) => void> = {
  '--real': (o) => { o.real = true; },
  '--rom': (o) => { o.rom = true; },
  '--stats': (o) => { o.stats = true; },
  '--reference': (o) => { o.reference = true; },
};

/** Reads the words after `machine run`; throws BadUsage. */
export function parseOptions(words: readonly string[]): Options {
  const options: Options = {
    image: '', at: undefined, real: false, rom: false, command: '',
    memory: 64 * 2 ** 20, limit: Infinity, stats: false,
    trace: undefined, posts: [], texts: [], keys: '',
    ramdisk: undefined,
    record: undefined, reference: false,
  };
  const rest = [...words];
  while (rest.length > 0) {
    const word = rest.shift() ?? '';
    const value = VALUES[word], flag = SWITCHES[word];
    if (flag) flag(options);
    else if (value) {
      const text = rest.shift();
      if (text === undefined) {
        throw new BadUsage(`${word} needs a value`);
      }
      value(options, text);
    } else if (word.startsWith('-')) {
      throw new BadUsage(`there is no option ${word}`);
    } else if (options.image !== '') {
      throw new BadUsage(`one image at a time, not also ${word}`);
    } else options.image = word;
  }
  if (options.image === '') throw new BadUsage('which image?');
  const source = options.image.endsWith('.asm');
  if (options.real && options.at === undefined && !source) {
    throw new BadUsage('--real goes with --at');
  }
  return options;
}

/** What was asked for after `machine replay`. */
export interface ReplayOptions {
  file: string;
  until: number;
  changed: number | undefined;
  hash: boolean;
  reference: boolean;
}

/** Reads the words after `machine replay`; throws BadUsage. */
export function parseReplay(words: readonly string[]): ReplayOptions {
  const options: ReplayOptions =
    { file: '', until: Infinity, changed: undefined, hash: false,
      reference: false };
  const rest = [...words];
  while (rest.length > 0) {
    const word = rest.shift() ?? '';
    if (word === '--hash') options.hash = true;
    else if (word === '--reference') options.reference = true;
    else if (word === '--until') {
      options.until = numberOf(word, rest.shift() ?? '');
    } else if (word === '--changed') {
      options.changed = numberOf(word, rest.shift() ?? '');
    } else if (word.startsWith('-')) {
      throw new BadUsage(`there is no option ${word}`);
    } else if (options.file !== '') {
      throw new BadUsage(`one recording at a time, not also ${word}`);
    } else options.file = word;
  }
  if (options.file === '') throw new BadUsage('which recording?');
  return options;
}
