import { EINVAL, ENOSYS } from '../public/errno.ts';
import { CONSOLEIO } from '../public/xen.ts';
import { copyFromGuest } from './guest-access.ts';
import type { Handler, Vcpu, Xen } from './xen.ts';

const MOST = 4096;
const LINES_KEPT = 1000;

/** Puts a line into Xen's log. */
export function logLine(xen: Xen, line: string): void {
  xen.root.consoleLog.push(line);
  if (xen.root.consoleLog.length > LINES_KEPT) {
    xen.root.consoleLog.shift();
  }
  xen.hooks.log?.(line);
}

function write(xen: Xen, v: Vcpu, count: number, at: bigint): number {
  for (let done = 0; done < count; done += MOST) {
    const n = Math.min(MOST, count - done);
    const bytes = copyFromGuest(xen, v, at + BigInt(done), n);
    const line = [...bytes].map((b) => String.fromCharCode(b))
      .join('').replace(/[^\x20-\x7e\n\t]/g, '?').replace(/\n$/, '');
    const { id, privileged } = v.domain;
    logLine(xen, privileged ? line : `(d${id}) ${line}`);
  }
  return 0;
}

const LIMIT = 16 * MOST;

/** Xen: drivers/char/console.c do_console_io. */
export const consoleIo: Handler = (
  xen, v, [cmd = 0n, count = 0n, buffer = 0n],
) => {
  const n = Number(count & 0xffff_ffffn);
  switch (Number(cmd & 0xffff_ffffn)) {
    case CONSOLEIO.write:
      return n > LIMIT ? -EINVAL : write(xen, v, n, buffer);
    case CONSOLEIO.read: return 0;
    default: return -ENOSYS;
  }
};
