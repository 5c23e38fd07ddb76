/** What the error code of a selector fault says. */
export function describe(code: number): string {
  return '';
}
