/** A request: which client, what, where, and a write's value. */
export interface Step {
  readonly who: 0 | 1;
  readonly op: 'read' | 'write' | 'mkdir' | 'rm' | 'directory';
  readonly path: string;
  readonly value?: string;
}

/** Two transactions that conflict about nothing. */
export function schedule(): Step[] {
  return [
    { who: 0, op: 'read', path: '/t/a' },
    { who: 1, op: 'read', path: '/t/b' },
  ];
}
