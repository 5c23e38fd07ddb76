import * as numbers from '../public/errno.ts';

const names = new Map<number, string>(
  Object.entries(numbers).map(([name, n]) => [n, name]),
);

/** `ENOSYS` for 38 and for -38; the number itself if it has no name. */
export function errnoName(n: number): string {
  return names.get(Math.abs(n)) ?? String(n);
}

/** Thrown to end a hypercall with `-errno`. */
export class Errno {
  readonly errno: number;
  constructor(errno: number) {
    this.errno = errno;
  }
}
