/** Moves a line right, or left as far as it has white space. */
export function shift(text: string, by: number): string {
  if (text.trim() === '') return '';
  const space = text.length - text.trimStart().length;
  return by >= 0 ? ' '.repeat(by) + text
    : text.slice(Math.min(-by, space));
}
