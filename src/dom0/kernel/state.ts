import type { Console } from '../console/consoled.ts';
import type { Guest } from '../toolstack/guest.ts';
import type { Connection } from '../xenstore/connection.ts';
import type { Store } from '../xenstore/session.ts';

export interface Dom0 {
  /** Whose turn it is among the tasks. */
  turn: number;
  /** The port of VIRQ_DOM_EXC, and whether it has fired. */
  readonly exceptions: number;
  ended: boolean;
  /** Bytes of requests from the host, not yet complete. */
  mail: Uint8Array;
  /** The next free address for a granted page. */
  nextPage: number;
  consoles: Console[];
  guests: Guest[];
  readonly store: Store;
  connections: Connection[];
}
