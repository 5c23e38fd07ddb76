// The cold workload's functions: many, all different, each with loops. What
// they do means nothing; the same seed gives the same program.

/** A small generator of pseudo-random numbers (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

type Random = (below: number) => number;

/** Words that the functions read and write; a power of two. */
const WORDS = 1024;

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}u`;

const pick = <T>(random: Random, all: readonly T[]): T => all[random(all.length)]!;

/** A value: a variable, a constant, or a word of memory. */
function operand(random: Random): string {
  const kind = random(8);
  if (kind < 5) return pick(random, ['x', 'y', 'z', 'i']);
  if (kind < 6) return hex(random(1 << 16) * 65_537);
  return `w[(${pick(random, ['x', 'y', 'z'])} + ${random(WORDS)}) & ${WORDS - 1}]`;
}

function expression(random: Random): string {
  const [a, b] = [operand(random), operand(random)];
  const kind = random(10);
  if (kind < 7) return `${a} ${pick(random, ['+', '-', '^', '&', '|', '+', '^'])} ${b}`;
  if (kind < 9) return `(${a} ${pick(random, ['<<', '>>'])} ${1 + random(15)}) ^ ${b}`;
  return `${a} * ${hex(random(1 << 16) * 2 + 1)} + ${b}`;
}

function assignment(random: Random): string {
  if (random(7) === 0) return `w[(x + ${random(WORDS)}) & ${WORDS - 1}] = ${operand(random)};`;
  return `${pick(random, ['x', 'y', 'z'])} ${pick(random, ['+=', '^=', '='])} ${expression(random)};`;
}

function statement(random: Random): string {
  if (random(4) > 0) return assignment(random);
  const test = `${pick(random, ['x', 'y', 'z'])} ${pick(random, ['<', '>', '>='])} ${hex(random(1 << 16) * 65_536)}`;
  const rest = random(2) ? ` else { ${assignment(random)} }` : '';
  return `if (${test}) { ${assignment(random)} }${rest}`;
}

function loop(random: Random, turns: number): string {
  const body = Array.from({ length: 2 + random(4) }, () => `    ${statement(random)}`);
  return [`  for (u32 i = 0; i < ${turns}; i++) {`, ...body, '  }'].join('\n');
}

/** One function: two loops, with something around them. */
function body(random: Random, n: number): string {
  return [
    `static u32 cold_${n}(u32 x, u32 *w)`, '{',
    `  u32 y = ${hex(random(1 << 16) * 65_537)}, z = w[${random(WORDS)}];`,
    loop(random, 50 + random(114)),
    `  ${assignment(random).replaceAll(/\bi\b/g, 'z')}`,
    loop(random, 50 + random(114)),
    '  return x ^ y ^ z;', '}',
  ].join('\n');
}

/** The text of cold.h, with this many functions. */
export function coldHeader(count: number, seed: number): string {
  const random = randomFrom(seed);
  const functions = Array.from({ length: count }, (_none, n) => body(random, n));
  const names = Array.from({ length: count }, (_none, n) => `cold_${n},`);
  return [
    `// Generated: ${count} functions from seed ${seed}.`,
    `enum { COLD_COUNT = ${count}, COLD_WORDS = ${WORDS} };`,
    ...functions,
    'static u32 (*const cold_functions[COLD_COUNT])(u32, u32 *) = {',
    ...names, '};', '',
  ].join('\n');
}
