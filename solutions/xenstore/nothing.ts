export interface Step {
  readonly who: 0 | 1;
  readonly op: 'read' | 'write' | 'mkdir' | 'rm' | 'directory';
  readonly path: string;
  readonly value?: string;
}

export function schedule(): Step[] {
  return [
    { who: 0, op: 'write', path: '/t/c', value: '3' },
    { who: 1, op: 'write', path: '/t/d', value: '4' },
  ];
}
