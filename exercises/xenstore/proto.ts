/** What domain 1 writes: paths below its folder, and values. */
export function writes(): [string, string][] {
  return [['data/hello', 'world']];
}
