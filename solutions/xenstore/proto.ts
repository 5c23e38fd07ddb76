export function writes(): [string, string][] {
  return [['__proto__/domain-1', 'yes']];
}
