import type { HypercallRecord, Vcpu } from '../xen/common/xen.ts';
import * as errno from '../xen/public/errno.ts';
import { EVTCHNOP } from '../xen/public/event_channel.ts';
import { GNTTABOP } from '../xen/public/grant_table.ts';
import { XENMEM } from '../xen/public/memory.ts';
import { SCHEDOP } from '../xen/public/sched.ts';
import { VCPUOP } from '../xen/public/vcpu.ts';
import { XENVER } from '../xen/public/version.ts';
import { CONSOLEIO, hypercallName } from '../xen/public/xen.ts';
import { HYPERCALL_VECTOR } from '../xen/x86/stubs.ts';
import { hex } from './rig.ts';

/** Hypercalls whose first argument says what is wanted. */
const COMMANDS: Record<string, Record<string, number>> = {
  console_io: CONSOLEIO, event_channel_op: EVTCHNOP,
  grant_table_op: GNTTABOP, memory_op: XENMEM, sched_op: SCHEDOP,
  vcpu_op: VCPUOP, xen_version: XENVER,
};

const errors = new Map<number, string>(
  Object.entries(errno).map(([name, n]) => [n, name]));

/** What a guest's stub loads: the hypercall page's registers. */
const REGISTERS = ['ebx', 'ecx', 'edx', 'esi', 'edi'];

function argsOf(name: string, args: readonly bigint[]) {
  const [first = 0n] = args;
  const command = Object.entries(COMMANDS[name] ?? {})
    .find(([, n]) => BigInt(n) === first)?.[0];
  const all = REGISTERS.map((register, n): [string, string] =>
    [register, hex(args[n] ?? 0n)]);
  return command ? [['command', command] as const, ...all] : all;
}

/** A hypercall that came back, as an event. */
export function describeCall(v: Vcpu, record: HypercallRecord) {
  const name = hypercallName(record.nr);
  const value = Number(BigInt.asIntN(64, record.result));
  const refused = value < 0;
  const error = errors.get(-value) ?? String(-value);
  const gone = v.domain.shutdown >= 0;
  return {
    kind: 'hypercall', name, vector: HYPERCALL_VECTOR,
    args: argsOf(name, record.args),
    result: refused ? `-${error}` : gone ? 'shut down' : String(value),
    outcome: refused ? 'refused' : gone ? 'fatal' : 'granted',
    favour: refused ? 'hypervisor' : 'guest',
    key: `hypercall ${name}`,
  } as const;
}
