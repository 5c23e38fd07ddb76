import { struct, u16, u32, u64 } from './layout.ts';

/** Sub-operations of event_channel_op. */
export const EVTCHNOP = {
  bind_interdomain: 0, bind_virq: 1, bind_pirq: 2, close: 3, send: 4,
  status: 5, alloc_unbound: 6, bind_ipi: 7, bind_vcpu: 8, unmask: 9,
  reset: 10, init_control: 11, expand_array: 12, set_priority: 13,
} as const;

/** What evtchn_status reports. */
export const EVTCHNSTAT = {
  closed: 0, unbound: 1, interdomain: 2, pirq: 3, virq: 4, ipi: 5,
} as const;

export const EvtchnAllocUnbound = struct({
  dom: u16, remote_dom: u16, port: u32,
});
export const EvtchnBindInterdomain = struct({
  remote_dom: u16, remote_port: u32, local_port: u32,
});
export const EvtchnBindVirq = struct({
  virq: u32, vcpu: u32, port: u32,
});
export const EvtchnBindPirq = struct({
  pirq: u32, flags: u32, port: u32,
});
export const EvtchnBindIpi = struct({ vcpu: u32, port: u32 });
export const EvtchnBindVcpu = struct({ port: u32, vcpu: u32 });

/** close, send and unmask. */
export const EvtchnPort = struct({ port: u32 });
export const EvtchnReset = struct({ dom: u16 });

/** `a` and `b` are a union: domain and port, or virq or pirq. */
export const EvtchnStatus = struct({
  dom: u16, port: u32, status: u32, vcpu: u32, a: u32, b: u32,
});
export const EvtchnInitControl = struct({
  control_gfn: u64, offset: u32, vcpu: u32, link_bits: u32,
  _pad: u32,
});
