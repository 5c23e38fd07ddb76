export class UsageError extends Error {}

export const HELP = `usage: xl COMMAND [OPTION…] [FILE.cfg…]

One xl is one simulated machine with Xen and dom0 on it: it is switched
on for the command and off again at its end.

  create [-c] [-p] [-v] FILE.cfg [KEY=VALUE…]
             create the domain and run it to its end; -c attaches this
             terminal as its console (Ctrl-] leaves, which ends the
             domain), -p leaves it paused, -v shows Xen's own messages
             on standard error. KEY=VALUE adds to the file.
             Input from a pipe is read whole and typed as the guest
             takes it. Exit code: 0 after a shutdown, 1 after a crash
             (with a report) or an error, 2 for wrong usage.
             --record FILE writes down all that comes in.
  replay FILE [--until N] [--hash]
             run what was recorded once more, to its end or to
             instruction N, where the registers are shown
  list [FILE.cfg…]    create these, paused, and list all domains
  info [FILE.cfg…]    describe the machine
  dmesg [FILE.cfg…]   run these to their end, show Xen's messages
  help                this text

  --trace WHAT   hypercalls, traps or exec, on standard error; may be
                 given more than once
  --reference    have the reference run each instruction, instead of
                 translated code: slower, with the same results
  --stats        counts, on standard error at the end
  --limit N      stop at virtual time N (instructions and what is
                 charged beside them), with exit code 3
`;

export type Trace = 'hypercalls' | 'traps' | 'exec';

export interface Options {
  readonly command: string;
  readonly console: boolean;
  readonly paused: boolean;
  readonly verbose: boolean;
  readonly stats: boolean;
  readonly trace: ReadonlySet<Trace>;
  readonly limit: number;
  readonly record: string | undefined;
  readonly until: number;
  readonly hash: boolean;
  readonly reference: boolean;
  readonly files: readonly string[];
  /** KEY=VALUE settings that come after the file's own. */
  readonly more: readonly string[];
}

const COMMANDS = ['create', 'replay', 'list', 'info', 'dmesg', 'help'];
const FLAGS =
  ['-c', '-p', '-v', '--stats', '--hash', '--reference', '-h',
    '--help'];

function traceOf(value: string | undefined): Trace[] {
  return (value ?? '').split(',').map(what => {
    if (what === 'hypercalls' || what === 'traps' || what === 'exec') {
      return what;
    }
    throw new UsageError('--trace wants hypercalls, traps or exec');
  });
}

function numberOf(name: string, value: string | undefined): number {
  if (/^\d+$/.test(value ?? '')) return Number(value);
  throw new UsageError(`${name} wants a number`);
}

export function parseOptions(argv: readonly string[]): Options {
  const flags = new Set<string>();
  const trace = new Set<Trace>();
  const plain: string[] = [];
  const numbers = { '--limit': Infinity, '--until': Infinity };
  let record: string | undefined;
  const words = argv.flatMap(w => (/^--\w+=/.test(w)
    ? [w.slice(0, w.indexOf('=')), w.slice(w.indexOf('=') + 1)] : [w]));
  while (words.length) {
    const word = words.shift()!;
    if (word === '--trace') {
      for (const t of traceOf(words.shift())) trace.add(t);
    } else if (word === '--limit' || word === '--until') {
      numbers[word] = numberOf(word, words.shift());
    } else if (word === '--record') record = words.shift() ?? '';
    else if (FLAGS.includes(word)) flags.add(word);
    else if (word.startsWith('-')) {
      throw new UsageError(`unknown option ${word}`);
    } else plain.push(word);
  }
  const help = flags.has('-h') || flags.has('--help');
  const [command = 'help', ...rest] = help ? ['help'] : plain;
  return finish({
    command, trace, limit: numbers['--limit'], record,
    until: numbers['--until'], hash: flags.has('--hash'),
    console: flags.has('-c'), reference: flags.has('--reference'),
    paused: flags.has('-p'), stats: flags.has('--stats'),
    verbose: flags.has('-v'),
    files: rest.filter(w => !/^\w+\+?=/.test(w)),
    more: rest.filter(w => /^\w+\+?=/.test(w)),
  });
}

function finish(o: Options): Options {
  if (!COMMANDS.includes(o.command)) {
    throw new UsageError(`unknown command ${o.command}`);
  }
  if (o.command === 'create' && o.files.length !== 1) {
    throw new UsageError('create wants one configuration file');
  }
  if (o.command === 'replay' && o.files.length !== 1) {
    throw new UsageError('replay wants one recording');
  }
  if (o.record === '') throw new UsageError('--record wants a file');
  if (o.record !== undefined && o.command !== 'create') {
    throw new UsageError('--record goes with create');
  }
  return o;
}
