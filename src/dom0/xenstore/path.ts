/** A refusal; its code is what the client reads, as in Unix. */
export class XsError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

const ABSOLUTE_MAX = 3072;
const RELATIVE_MAX = 2048;
const NAMES = /^(\/[\w@-]+)+$/;

/** Where a domain's own part of the tree lies. */
export function homeOf(domid: number): string {
  return `/local/domain/${domid}`;
}

/** The whole path that a client means. Xen: canonicalize. */
export function canonical(path: string, domid: number): string {
  if (/^[/@]/.test(path)) return checked(path, ABSOLUTE_MAX);
  if (path.length > RELATIVE_MAX) throw new XsError('EINVAL');
  return checked(`${homeOf(domid)}/${path}`, ABSOLUTE_MAX);
}

function checked(path: string, max: number): string {
  const fine = path === '/' || NAMES.test(path);
  if (!fine || path.length > max) throw new XsError('EINVAL');
  return path;
}

export function namesOf(path: string): string[] {
  return path === '/' ? [] : path.slice(1).split('/');
}

/** The path one level up; that of `/` is `/`. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** Whether `path` is `top` or lies below it. */
export function isBelow(path: string, top: string): boolean {
  return top === '/' || path === top || path.startsWith(`${top}/`);
}
