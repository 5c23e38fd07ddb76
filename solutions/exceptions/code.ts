/** What the error code of a selector fault says. */
export function describe(code: number): string {
  const external = code & 1 ? ' external' : '';
  if ((code & 0xfffe) === 0) return `none${external}`;
  const table = code & 2 ? 'IDT' : code & 4 ? 'LDT' : 'GDT';
  return `${table} ${code >>> 3}${external}`;
}
