import { putBytes, takeBytes } from '../../xen/public/io/byte-ring.ts';
import {
  consoleInput, consoleOutput,
} from '../../xen/public/io/console.ts';
import type { Kernel } from '../../xen/public/kernel.ts';

/** One guest's console, as dom0 sees it. */
export interface Console {
  readonly domid: number;
  /** Where its page lies in our memory; our end of its channel. */
  readonly page: number;
  readonly port: number;
  /** Typed, and not yet in the ring. */
  input: Uint8Array;
  /** Something has happened: worth a look. */
  awake: boolean;
  /** Its counters were nonsense. */
  broken: boolean;
}

/** The numbers of the host's channels; 0 is the terminal. */
export const TERMINAL = 0;

export function typeInto(c: Console, bytes: Uint8Array): void {
  const all = new Uint8Array(c.input.length + bytes.length);
  all.set(c.input);
  all.set(bytes, c.input.length);
  c.input = all;
  c.awake = true;
}

/** One visit; whether anything moved. Xen: handle_ring_read. */
export function serveConsole(k: Kernel, c: Console): boolean {
  c.awake = false;
  if (c.broken) return false;
  const out = takeBytes(k, consoleOutput(c.page), 2048);
  const put = putBytes(k, consoleInput(c.page), c.input);
  if (!out || put === undefined) {
    c.broken = true;
    return false;
  }
  if (out.length) k.hostWrite(TERMINAL, out);
  c.input = c.input.slice(put);
  return out.length > 0 || put > 0;
}
