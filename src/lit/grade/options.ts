import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { GradeError } from './prepare.ts';

export const HELP = `usage: npm run grade -- DIR... [options]
  DIR             a student's my/, or a checkout that has one
  --class DIR     every folder in DIR is a submission
  --exercise ID   an exercise (decoding/special) or all of a chapter
                  (decoding); may be repeated; without it, whatever
                  anybody answered
  --format F      json (the default), gradescope, classroom, junit
  --out FILE      where results go; for a class in the formats
                  gradescope and classroom a folder with one file for
                  each submission
  --tests DIR     hidden tests: DIR/decoding/special.test.ts, in the
                  form of the exercise's own
  --jobs N        processes at a time (one for each processor)
  --timeout S     seconds for an answer (10), or five times what our
                  own solution takes, if that is more
  --memory MB     mebibytes for an answer (512)
  --seed N        run each file's tests in an order drawn from N
  --strict        exit code 1 unless every answer has full points
  --any-edition   grade also what was begun with another edition
  --edition       print this edition's name, and no more
  --autograding   print an autograding.json for GitHub Classroom
  --prepare       only make the exercises ready, for an image
  --help          this`;

export const FORMATS =
  ['json', 'gradescope', 'classroom', 'junit'] as const;

/** What was asked for. */
export interface Options {
  readonly folders: readonly string[];
  readonly classes: readonly string[];
  readonly exercises: readonly string[];
  readonly format: (typeof FORMATS)[number];
  readonly out?: string;
  readonly tests?: string;
  readonly jobs: number;
  readonly seconds: number;
  readonly memory: number;
  readonly seed?: number;
  readonly flags: ReadonlySet<string>;
}

/** Reads the words of a command line; throws what is wrong. */
export function parseOptions(argv: readonly string[]): Options {
  const { values, positionals } = parseWords(argv);
  const format = FORMATS.find((f) => f === (values.format ?? 'json'));
  if (!format) {
    throw new GradeError(`--format ${values.format}: there is no such `
      + `format; known are ${FORMATS.join(', ')}`);
  }
  const flags = new Set(Object.keys(values).filter((key) =>
    values[key as keyof typeof values] === true));
  const { out, tests } = values;
  const seed = values.seed === undefined ? undefined
    : numberOf('--seed', values.seed, 0, 2 ** 31 - 1);
  return {
    folders: positionals, classes: values.class ?? [],
    exercises: values.exercise ?? [], format, flags,
    jobs: values.jobs === undefined ? availableParallelism()
      : numberOf('--jobs', values.jobs, 1, 256),
    seconds: numberOf('--timeout', values.timeout ?? '10', 1, 3600),
    memory: numberOf('--memory', values.memory ?? '512', 128, 65_536),
    ...(seed === undefined ? {} : { seed }),
    ...(out === undefined ? {} : { out }),
    ...(tests === undefined ? {} : { tests }),
  };
}

function parseWords(argv: readonly string[]) {
  const one = { type: 'string' } as const;
  const many = { type: 'string', multiple: true } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...argv], allowPositionals: true, options: {
        class: many, exercise: many, format: one, out: one, tests: one,
        jobs: one, timeout: one, memory: one, seed: one, strict: flag,
        'any-edition': flag, edition: flag, autograding: flag,
        prepare: flag, help: flag,
      },
    });
  } catch (error) {
    throw new GradeError(`${(error as Error).message} (--help tells `
      + 'what there is)');
  }
}

/** A whole number within bounds. */
function numberOf(
  name: string, word: string, least: number, most: number,
): number {
  const value = Number(word);
  const inside = value >= least && value <= most;
  if (/^\d+$/.test(word) && inside) return value;
  throw new GradeError(`${name} ${word}: a whole number from ${least} `
    + `to ${most} is wanted`);
}
