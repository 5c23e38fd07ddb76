// The command line of npm run bench.
import { type Engine, ENGINES } from './stats.ts';
import { NAMES, type RowName, ROWS } from './workloads.ts';

export interface Options {
  readonly rounds: number;
  readonly scale: number;
  readonly rows: readonly RowName[];
  readonly engines: readonly Engine[];
  readonly json: boolean;
  readonly svg: string | undefined;
  readonly details: string | undefined;
  readonly browser: boolean;
  readonly help: boolean;
}

export class BadUsage extends Error {}

export const HELP = `usage: npm run bench -- [options]

Runs the same programs on our machine, on v86, under QEMU's TCG and on this
computer's own processor, in turn, and compares the CPU time of the thread that
runs the guest. Programs are built by gcc -m32 into .cache/bench/.

  --rounds N      how often each is run (default 5)
  --scale X       how much work, 1 for the sizes of the book (default 1)
  --only NAMES    some rows: ${ROWS.join(', ')};
                  cold stands for its two rows
  --engines LIST  some engines: ${ENGINES.join(', ')}
  --browser       ours in Chromium's Worker against ours in Node
  --json          print {"rows":[…]} and nothing else
  --svg FILE      write a chart
  --details FILE  write every run as JSON
  --help          show this text

A ratio above 1 says that we are faster. Progress goes to standard error.`;

function numberOf(option: string, text: string, whole: boolean): number {
  const value = Number(text);
  const good = text.trim() !== '' && value > 0 && Number.isFinite(value) && (!whole || Number.isInteger(value));
  if (!good) throw new BadUsage(`${option}: ${text} is not a ${whole ? 'whole ' : ''}number above 0`);
  return value;
}

function listOf<T extends string>(option: string, text: string, known: readonly T[]): T[] {
  return text.split(',').map((word) => {
    const found = known.find((name) => name === word);
    if (found === undefined) throw new BadUsage(`${option}: there is no ${word}, only ${[...new Set<string>(known)].join(', ')}`);
    return found;
  });
}

const rowsNamed = (text: string): RowName[] => {
  const words = listOf('--only', text, [...ROWS, ...NAMES]);
  return ROWS.filter((row) => words.some((word) => word === row || row.startsWith(`${word}-`)));
};

type Draft = { -readonly [K in keyof Options]: Options[K] };

const VALUES: Readonly<Record<string, (o: Draft, text: string) => void>> = {
  '--rounds': (o, text) => { o.rounds = numberOf('--rounds', text, true); },
  '--scale': (o, text) => { o.scale = numberOf('--scale', text, false); },
  '--only': (o, text) => { o.rows = rowsNamed(text); },
  '--engines': (o, text) => {
    const words = listOf('--engines', text, ENGINES);
    o.engines = ENGINES.filter((engine) => words.includes(engine));
  },
  '--svg': (o, text) => { o.svg = text; },
  '--details': (o, text) => { o.details = text; },
};

const SWITCHES: Readonly<Record<string, (o: Draft) => void>> = {
  '--json': (o) => { o.json = true; },
  '--browser': (o) => { o.browser = true; },
  '--help': (o) => { o.help = true; },
};

/** Reads the words after `npm run bench --`; throws BadUsage. */
export function parseOptions(words: readonly string[]): Options {
  const options: Draft = {
    rounds: 5, scale: 1, rows: ROWS, engines: ENGINES,
    json: false, svg: undefined, details: undefined, browser: false, help: false,
  };
  const rest = words.flatMap((word) => /^--\w+=/.test(word)
    ? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] : [word]);
  while (rest.length > 0) {
    const word = rest.shift() ?? '';
    const value = VALUES[word], flag = SWITCHES[word];
    if (flag) flag(options);
    else if (value) {
      const text = rest.shift();
      if (text === undefined) throw new BadUsage(`${word} needs a value`);
      value(options, text);
    } else throw new BadUsage(`there is no option ${word}`);
  }
  if (options.browser && (options.svg ?? options.details) !== undefined) {
    throw new BadUsage('--browser only prints: without --svg and --details');
  }
  return options;
}
