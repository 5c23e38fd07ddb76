import {
  EVTCHNOP, EvtchnBindInterdomain, EvtchnBindVirq, EvtchnPort,
} from '../../xen/public/event_channel.ts';
import {
  GNTMAP, GNTTABOP, GrantMapGrantRef, GrantUnmapGrantRef,
} from '../../xen/public/grant_table.ts';
import type { Kernel } from '../../xen/public/kernel.ts';
import type { Struct } from '../../xen/public/layout.ts';
import {
  AddToPhysmap, XENMAPSPACE, XENMEM,
} from '../../xen/public/memory.ts';
import { DOMID, HYPERVISOR } from '../../xen/public/xen.ts';
import { call, CallError } from '../builder/bench.ts';
import { benchOf, SCRATCH } from './layout.ts';

/** A call with one record; the record as it came back. */
function withRecord<V>(
  k: Kernel, nr: number, op: number, type: Struct<V>,
  values: Partial<V>, ...more: bigint[]
): V {
  const record = type.encode(values, 8);
  k.writeBytes(SCRATCH, record);
  call(benchOf(k), nr, BigInt(op), BigInt(SCRATCH), ...more);
  return type.decode(k.readBytes(SCRATCH, record.length), 8);
}

const EVTCHN = HYPERVISOR.event_channel_op;

export function notify(k: Kernel, port: number): void {
  withRecord(k, EVTCHN, EVTCHNOP.send, EvtchnPort, { port });
}

/** Opens our end of a channel that waits in another domain. */
export function bindTo(k: Kernel, domid: number, port: number): number {
  return withRecord(
    k, EVTCHN, EVTCHNOP.bind_interdomain, EvtchnBindInterdomain,
    { remote_dom: domid, remote_port: port }).local_port;
}

export function bindVirq(k: Kernel, virq: number): number {
  return withRecord(k, EVTCHN, EVTCHNOP.bind_virq, EvtchnBindVirq,
    { virq, vcpu: 0 }).port;
}

export function closePort(k: Kernel, port: number): void {
  withRecord(k, EVTCHN, EVTCHNOP.close, EvtchnPort, { port });
}

/** Shows our shared_info page at a guest-physical address. */
export function mapSharedInfo(k: Kernel, gpa: number): void {
  withRecord(k, HYPERVISOR.memory_op, XENMEM.add_to_physmap,
    AddToPhysmap, {
      domid: DOMID.SELF, space: XENMAPSPACE.shared_info, idx: 0n,
      gpfn: BigInt(gpa / 4096),
    });
}

const GRANT = HYPERVISOR.grant_table_op;

/** Maps a page that `domid` grants us; the handle to give back. */
export function mapGrant(
  k: Kernel, domid: number, ref: number, gpa: number,
): number {
  const { status, handle } = withRecord(
    k, GRANT, GNTTABOP.map_grant_ref, GrantMapGrantRef,
    { host_addr: BigInt(gpa), flags: GNTMAP.host_map, ref, dom: domid },
    1n);
  if (status < 0) throw new CallError('map_grant_ref', status);
  return handle;
}

export function unmapGrant(k: Kernel, gpa: number, handle: number) {
  withRecord(k, GRANT, GNTTABOP.unmap_grant_ref, GrantUnmapGrantRef,
    { host_addr: BigInt(gpa), handle }, 1n);
}
