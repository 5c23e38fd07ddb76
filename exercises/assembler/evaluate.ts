import type { Lookup } from '#book/x86/expression.ts';

/** The value of an expression: numbers (decimal, 0x, 0b, with _),
 *  'c', names, | ^ & << >> + - * / %, unary - + ~, ( ). */
export function evaluate(text: string, lookup: Lookup): number {
  return Number(text);
}
