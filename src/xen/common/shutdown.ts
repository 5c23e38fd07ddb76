import { describeCrash } from '../arch.ts';
import { SHUTDOWN } from '../public/sched.ts';
import type { Domain, Vcpu, Xen } from './xen.ts';
import { sendGlobalVirq } from './event.ts';
import { VIRQ } from '../public/xen.ts';

/** The domain stops running. Xen: domain_shutdown. */
export function shutdownDomain(
  xen: Xen, d: Domain, reason: number,
): void {
  if (d.shutdown >= 0) return;
  d.shutdown = reason;
  sendGlobalVirq(xen, VIRQ.DOM_EXC);
}

/** Ends the domain of `v` and notes why. Xen: domain_crash. */
export function crashDomain(xen: Xen, v: Vcpu, reason: string): void {
  const d = v.domain;
  if (d.shutdown >= 0) return;
  d.crash = describeCrash(xen, v, reason);
  const line = `(XEN) domain_crash: d${d.id}v${v.id}: ${reason}`;
  xen.root.consoleLog.push(line);
  xen.hooks.log?.(line);
  shutdownDomain(xen, d, SHUTDOWN.crash);
}
