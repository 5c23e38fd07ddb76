/** A domain that the toolstack looks after; plain data. */
export interface Guest {
  readonly domid: number;
  readonly name: string;
  readonly uuid: string;
  readonly memoryMiB: number;
  readonly maxmemMiB: number;
  readonly vcpus: number;
  readonly paused: boolean;
  step: 'introduce' | 'start' | 'running' | 'draining' | 'destroy';
  /** Why it ended: a SHUTDOWN reason. */
  reason: number;
  readonly console: Link;
  readonly store: Link;
}

/** A page of the guest's, its channel, and our end of both. */
export interface Link {
  readonly mfn: number;
  readonly remotePort: number;
  page: number;
  handle: number;
  port: number;
}
