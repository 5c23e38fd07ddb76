// Messages between the title page and the machine that it boots.
export type Key = { kind: 'input'; bytes: Uint8Array };

/** A hypercall, and how often it was made in a row. */
export interface Call {
  domain: number;
  name: string;
  times: number;
}

export type Scene =
  | { kind: 'guest'; text: string }
  | { kind: 'failed'; reason: string }
  | {
    kind: 'state';
    /** The newest are last. */
    calls: Call[];
    made: number;
    retired: number;
    faults: number;
    state: 'running' | 'resting' | 'ended';
  };
