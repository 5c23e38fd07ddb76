// What an import means, to the runner and to the type checker alike.

/** Whether it names a file of the book or of the exercise. */
export function isOurs(name: string): boolean {
  return name.startsWith('#book/') || name.startsWith('.');
}

/** The path that such an import in a file means. */
export function pathOf(from: string, name: string): string {
  if (name.startsWith('#book/')) return `src/${name.slice(6)}`;
  const parts = from.split('/').slice(0, -1);
  for (const part of name.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
