import type { Handler } from './common/xen.ts';
import { HYPERVISOR } from './public/xen.ts';
import { consoleIo } from './common/console-io.ts';
import { domctl } from './common/domctl.ts';
import { memoryOp } from './common/memory.ts';
import { multicall } from './common/multicall.ts';
import { schedOp, setTimerOp } from './common/sched-op.ts';
import { vcpuOp } from './common/vcpu-op.ts';
import { xenVersion } from './common/version.ts';
import { vmAssist } from './common/vm-assist.ts';
import {
  callbackOp, setCallbacks, setTrapTable, stackSwitch,
} from './x86/callbacks.ts';
import { iret } from './x86/iret.ts';
import { fpuTaskswitch, getDebugreg, setDebugreg } from
  './x86/registers.ts';
import { physdevOp } from './x86/physdev.ts';
import { setGdt, updateDescriptor } from './x86/gdt.ts';
import { mmuUpdate } from './x86/mmu-update.ts';
import { mmuextOp } from './x86/mmuext.ts';
import {
  updateVaMapping, updateVaMappingOther,
} from './x86/va-mapping.ts';
import { eventChannelOp } from './common/event.ts';
import { grantTableOp } from './common/grant.ts';

type Name = keyof typeof HYPERVISOR;

const handlers: Partial<Record<Name, Handler>> = {
  memory_op: memoryOp,
  multicall,
  set_timer_op: setTimerOp,
  xen_version: xenVersion,
  console_io: consoleIo,
  vm_assist: vmAssist,
  vcpu_op: vcpuOp,
  sched_op: schedOp,
  domctl,
  set_trap_table: setTrapTable,
  stack_switch: stackSwitch,
  set_callbacks: setCallbacks,
  callback_op: callbackOp,
  iret,
  fpu_taskswitch: fpuTaskswitch,
  set_debugreg: setDebugreg,
  get_debugreg: getDebugreg,
  physdev_op: physdevOp,
  mmu_update: mmuUpdate,
  mmuext_op: mmuextOp,
  update_va_mapping: updateVaMapping,
  update_va_mapping_otherdomain: updateVaMappingOther,
  set_gdt: setGdt,
  update_descriptor: updateDescriptor,
  event_channel_op: eventChannelOp,
  grant_table_op: grantTableOp,
};

/** Every hypercall there is, by number. */
export const hypercallTable: ReadonlyMap<number, Handler> = new Map(
  Object.entries(handlers).map(
    ([name, handler]) => [HYPERVISOR[name as Name], handler]),
);
