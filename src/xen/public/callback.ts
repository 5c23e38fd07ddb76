import { struct, u16, ulong } from './layout.ts';

/** Xen: public/callback.h. */
export const CALLBACKOP = { register: 0, unregister: 1 } as const;
export const CALLBACKTYPE = {
  event: 0, failsafe: 1, syscall: 2, sysenter_deprecated: 3, nmi: 4,
  sysenter: 5, syscall32: 7,
} as const;
export const CALLBACKF_mask_events = 1;

export const CallbackRegister32 = struct({
  type: u16, flags: u16, cs: ulong, eip: ulong,
});
export const CallbackUnregister = struct({ type: u16, _unused: u16 });
