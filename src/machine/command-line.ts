/** A command line that makes no sense; the message says why. */
export class BadUsage extends Error {}

/** Options with their usual values. After a number's name a whole
 * number follows, after a text's a text; a list's may be repeated; a
 * switch has nothing behind it. */
type Usual = Readonly<
  Record<string, number | string | boolean | readonly string[]>>;

/** The same with what was asked for. */
type Asked<U extends Usual> = { readonly [K in keyof U]:
  U[K] extends number ? number : U[K] extends boolean ? boolean
    : U[K] extends string ? string : readonly string[] };

interface Parsed<U extends Usual> {
  readonly values: Asked<U>;
  /** Words that belong to no option. */
  readonly files: readonly string[];
}

/** The words `--name=value` as two. */
const apart = (word: string): string[] => {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
};

function numberOf(word: string, text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new BadUsage(`${word}: ${text} is not a whole number`);
  }
  return Number(text);
}

/** What an option's text says; a list's goes behind the others. */
function valueOf(
  word: string, usual: unknown, before: unknown, text?: string,
): unknown {
  if (text === undefined) throw new BadUsage(`${word} needs a value`);
  if (typeof usual === 'number') return numberOf(word, text);
  if (typeof usual === 'string') return text;
  return before === usual ? [text] : [...before as string[], text];
}

/** Reads the words of a command; throws BadUsage. */
export function parseWords<U extends Usual>(
  words: readonly string[], usual: U,
): Parsed<U> {
  const values: Record<string, unknown> = { ...usual };
  const files: string[] = [];
  const left = words.flatMap(apart);
  for (let word = left.shift(); word !== undefined;
    word = left.shift()) {
    const [, name = ''] = /^--(.+)$/.exec(word) ?? [];
    if (!word.startsWith('-')) files.push(word);
    else if (!Object.hasOwn(usual, name)) {
      throw new BadUsage(`there is no option ${word}`);
    } else if (typeof usual[name] === 'boolean') values[name] = true;
    else {
      values[name] =
        valueOf(word, usual[name], values[name], left.shift());
    }
  }
  return { values: values as Asked<U>, files };
}

/** The words of the command that runs; those that belong to no option
 * are in `files`, if the command takes any. */
export function commandLine<U extends Usual>(
  usage: string, usual: U, takesFiles = false,
): Parsed<U> {
  const words = process.argv.slice(2);
  if (words.includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    const parsed = parseWords(words, usual);
    const [file] = parsed.files;
    if (file === undefined || takesFiles) return parsed;
    throw new BadUsage(`what is ${file}? no option has it`);
  } catch (error) {
    if (!(error instanceof BadUsage)) throw error;
    console.error(`${error.message}; try --help`);
    process.exit(2);
  }
}
