import type { Kernel } from '../public/kernel.ts';
import { copyFromGuest, copyToGuest } from './guest-access.ts';
import { hypercall } from './hypercall.ts';
import { eventPending } from './sched.ts';
import type { Vcpu, Xen } from './xen.ts';

const little = (b: Uint8Array) => new DataView(b.buffer);

function memoryOf(xen: Xen, v: Vcpu) {
  const get = (gpa: number, n: number) =>
    copyFromGuest(xen, v, BigInt(gpa), n);
  const set = (gpa: number, bytes: Uint8Array) =>
    copyToGuest(xen, v, BigInt(gpa), bytes);
  const number = (n: number, put: (d: DataView) => void) => {
    const bytes = new Uint8Array(n);
    put(little(bytes));
    return bytes;
  };
  return {
    read8: (a: number) => get(a, 1)[0]!,
    read16: (a: number) => little(get(a, 2)).getUint16(0, true),
    read32: (a: number) => little(get(a, 4)).getUint32(0, true),
    read64: (a: number) => little(get(a, 8)).getBigUint64(0, true),
    readBytes: get,
    write8: (a: number, x: number) => set(a, Uint8Array.of(x)),
    write16: (a: number, x: number) =>
      set(a, number(2, (d) => d.setUint16(0, x, true))),
    write32: (a: number, x: number) =>
      set(a, number(4, (d) => d.setUint32(0, x, true))),
    write64: (a: number, x: bigint) =>
      set(a, number(8, (d) => d.setBigUint64(0, x, true))),
    writeBytes: set,
  };
}

/** The kernel interface of `v`, which holds no state of its own. */
export function kernelOf(xen: Xen, v: Vcpu): Kernel {
  return {
    ...memoryOf(xen, v),
    hypercall: (nr, ...args) =>
      hypercall(xen, v, nr, Array.from(
        { length: 6 }, (_, i) => BigInt.asUintN(64, args[i] ?? 0n))),
    hostRead: (channel) => {
      const { input } = xen.root;
      const at = input.findIndex((i) => i.channel === channel);
      return at < 0 ? undefined : input.splice(at, 1)[0]!.bytes;
    },
    hostWrite: (channel, bytes) => xen.hooks.output?.(channel, bytes),
  };
}

/** Gives a TypeScript kernel one task's time. */
export function runProgram(xen: Xen, v: Vcpu): void {
  const program = xen.programs.get(v.domain.id);
  if (!program) throw new Error(`domain ${v.domain.id} has no kernel`);
  const kernel = kernelOf(xen, v);
  v.program ??= program.init(kernel);
  const busy = program.dispatch(kernel, v.program);
  xen.clock.charge(xen.root.charges.dispatch);
  if (!busy && !eventPending(xen, v)) v.blocked = true;
}
