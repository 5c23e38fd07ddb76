import { readGuest } from '../common/guest-access.ts';
import type { Handler } from '../common/xen.ts';
import { TrapInfo } from '../public/arch-x86.ts';
import {
  CALLBACKF_mask_events, CALLBACKOP, CallbackRegister32,
  CALLBACKTYPE, CallbackUnregister,
} from '../public/callback.ts';
import { EINVAL, ENOSYS } from '../public/errno.ts';
import { fixupSelector, selectorOkay } from './descriptors.ts';

const word = (n: bigint): number => Number(n & 0xffff_ffffn);
const code = (n: bigint | number): number =>
  fixupSelector(Number(n) & 0xffff);

/** A list of entries that ends with address 0; no list clears the
 * table. Xen: do_set_trap_table. */
export const setTrapTable: Handler = (xen, v, [list = 0n]) => {
  if (list === 0n) {
    v.arch.traps.fill(undefined);
    return 0;
  }
  const size = BigInt(TrapInfo.size(v.domain.width));
  for (let at = list; ; at += size) {
    const t = readGuest(xen, v, at, TrapInfo);
    if (t.address === 0n) return 0;
    const cs = code(t.cs);
    if (!selectorOkay(cs)) return -EINVAL;
    v.arch.traps[t.vector] = {
      cs, eip: word(t.address), flags: t.flags,
    };
  }
};

/** Xen: do_stack_switch. */
export const stackSwitch: Handler = (xen, v, [ss = 0n, esp = 0n]) => {
  v.arch.kernelSs = code(ss);
  v.arch.kernelSp = word(esp);
  xen.root.arch.reload = true;
  return 0;
};

/** Xen: do_set_callbacks. */
export const setCallbacks: Handler = (_xen, v, args) => {
  const [eventCs = 0n, eventEip = 0n, failCs = 0n, failEip = 0n] = args;
  const event = code(eventCs);
  const failsafe = code(failCs);
  if (!selectorOkay(event) || !selectorOkay(failsafe)) return -EINVAL;
  v.arch.event = { cs: event, eip: word(eventEip) };
  v.arch.failsafe = {
    cs: failsafe, eip: word(failEip), masks: v.arch.failsafe.masks,
  };
  return 0;
};

/** Xen: do_callback_op. */
export const callbackOp: Handler = (xen, v, [cmd = 0n, arg = 0n]) => {
  if (word(cmd) === CALLBACKOP.unregister) {
    const { type } = readGuest(xen, v, arg, CallbackUnregister);
    return type === CALLBACKTYPE.event
      || type === CALLBACKTYPE.failsafe ? -EINVAL : -ENOSYS;
  }
  if (word(cmd) !== CALLBACKOP.register) return -ENOSYS;
  const r = readGuest(xen, v, arg, CallbackRegister32);
  const to = { cs: code(r.cs), eip: word(r.eip) };
  if (!selectorOkay(to.cs)) return -EINVAL;
  if (r.type === CALLBACKTYPE.event) v.arch.event = to;
  else if (r.type === CALLBACKTYPE.failsafe) {
    const masks = (r.flags & CALLBACKF_mask_events) !== 0;
    v.arch.failsafe = { ...to, masks };
  } else return -ENOSYS;
  return 0;
};
