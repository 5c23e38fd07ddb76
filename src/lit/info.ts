import { KINDS, type Kind } from './model.ts';

/** The words of an info string: language, flags and values. */
export interface Info {
  readonly lang: string;
  readonly words: Map<string, string>;
}

/** Words a block may carry beside the one that names its kind. */
const EXTRAS: Readonly<Record<Kind, readonly string[]>> = {
  new: ['title'],
  add: ['title', 'tight'],
  slot: ['title', 'in'],
  edit: ['title'],
  drop: [],
  test: ['title', 'tight', 'boot'],
  show: ['title'],
  scratch: ['title', 'fails'],
  run: ['title', 'stdin', 'exit', 'needs'],
  exercise: ['title', 'replaces', 'points'],
  'exercise-test': [],
  solution: [],
  wrong: ['name'],
  hint: ['exercise'],
};

const WORD = /([^\s="]+)(?:=(?:"([^"]*)"|(\S+)))?/g;

/** Splits ```` ts edit=src/a.ts#f title="x" ```` into words. */
export function parseInfo(info: string): Info {
  const words = new Map<string, string>();
  let lang: string | undefined;
  for (const [, key = '', quoted, bare] of info.matchAll(WORD)) {
    const value = quoted ?? bare;
    if (lang === undefined && value === undefined) lang = key;
    else words.set(key, value ?? '');
  }
  return { lang: lang ?? '', words };
}

/** The kind that an info string names, or why it names none. */
export function kindOf(info: Info): Kind | undefined | Error {
  if (info.lang === 'hint') return 'hint';
  const named = KINDS.filter((kind) => info.words.has(kind));
  if (named.length > 1) {
    const all = named.join(' and ');
    return new Error(`a block is one thing, not ${all}`);
  }
  const kind = named[0];
  const allowed = kind ? [kind, ...EXTRAS[kind]] : [];
  for (const [key, value] of info.words) {
    const ours = kind !== undefined || value !== '';
    if (ours && !allowed.includes(key)) return unknownWord(key, kind);
  }
  return kind;
}

function unknownWord(key: string, kind: Kind | undefined): Error {
  const known = kind ? EXTRAS[kind] : KINDS;
  const list = known.length > 0 ? known.join(', ') : 'none';
  const where = kind ? ` beside ${kind}=` : '';
  return new Error(`unknown word ${key}=${where}; known: ${list}`);
}
