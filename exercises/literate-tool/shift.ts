/** Moves a line right, or left as far as it has white space. */
export function shift(text: string, by: number): string {
  throw new Error(`yours to write: ${text} by ${by}`);
}
