import {
  CpuUserRegs32, FIRST_RESERVED_GDT_ENTRY, FLAT_RING1_CS,
  FLAT_RING1_DS, FLAT_RING3_CS, FLAT_RING3_DS, pfnToCr3,
  VcpuGuestContext32,
} from '../public/arch-x86.ts';
import { CALLBACKOP, CallbackRegister32 } from
  '../public/callback.ts';
import { DOMCTL, DomctlVcpucontext } from '../public/domctl.ts';
import {
  EBUSY, EEXIST, EINVAL, ENODEV, ENOSYS, EPERM,
} from '../public/errno.ts';
import { SHUTDOWN } from '../public/sched.ts';
import { VCPUOP } from '../public/vcpu.ts';
import { HYPERVISOR, MMUEXT } from '../public/xen.ts';
import { GDT_PAGE_AT, HOLE, ldtAt, XEN_CS } from '../x86/layout.ts';
import { mapLdtPage } from '../x86/ldt.ts';
import type { UserRegs } from '../x86/domain.ts';
import { handleTrap } from '../x86/traps.ts';
import { control } from './control.ts';
import { ext } from './paging.ts';
import type { Attack, Rig } from './rig.ts';

const words = (...list: number[]): Uint8Array =>
  new Uint8Array(Uint32Array.from(list).buffer);

/** set_gdt with the same frame for each page of the table. */
function setGdt(r: Rig, mfn: number, entries = 512): number {
  const pages = new Array<number>(Math.ceil(entries / 512)).fill(mfn);
  r.put(r.me, r.record(), words(...pages));
  return r.call(
    r.me, HYPERVISOR.set_gdt, r.record(), BigInt(entries));
}
const gdt = (...list: bigint[]) => (r: Rig): number =>
  setGdt(r, r.table({ ...list }));

const descriptor = (r: Rig, mfn: number, offset: number, d: bigint) => {
  const at = BigInt(mfn) * 4096n + BigInt(offset);
  return r.call(r.me, HYPERVISOR.update_descriptor,
    at & 0xffff_ffffn, at >> 32n, d & 0xffff_ffffn, d >> 32n);
};

/** SET_LDT, and then a selector from the page at `offset` of it. */
function ldt(r: Rig, base: number, entries: number, offset = 0) {
  const rc = ext(r, MMUEXT.SET_LDT, base, BigInt(entries));
  mapLdtPage(r.xen, r.v(), ldtAt(0) + offset);
  return rc;
}

type Context = Parameters<typeof VcpuGuestContext32.encode>[0];

const contextOf = (r: Rig, c: Context): Uint8Array =>
  VcpuGuestContext32.encode({
    ctrlreg: [0n, 0n, 0n, BigInt(pfnToCr3(r.v().arch.guestTable))],
    ...c }, 4);

function context(r: Rig, c: Context, vcpu = 1): number {
  r.put(r.me, r.record(), contextOf(r, c));
  return r.call(r.me, HYPERVISOR.vcpu_op,
    BigInt(VCPUOP.initialise), BigInt(vcpu), r.record());
}

const userRegs = (some: Partial<UserRegs>) =>
  CpuUserRegs32.decode(CpuUserRegs32.encode(some, 4), 4);

/** What becomes of the domain after an exception at this code. */
function fault(r: Rig, code: readonly number[],
  regs: Partial<UserRegs> = {}, vector = 13): number {
  r.put(r.me, r.record(), Uint8Array.from(code));
  const { arch } = r.v();
  Object.assign(arch.regs,
    { eip: Number(r.record()), error_code: 0, ...regs });
  handleTrap(r.xen, r.v(), vector);
  return r.d().shutdown;
}

/** A divide error whose handler needs these registers. */
function trap(r: Rig, regs: Partial<UserRegs>, eip = 64): number {
  r.v().arch.traps[0] = { cs: FLAT_RING1_CS, eip, flags: 0 };
  return fault(r, [], regs, 0);
}

/** `iret` from a stack with EAX = 0 and these words. */
function iret(r: Rig, list: number[], at = Number(r.record())): number {
  r.put(r.me, r.record(), words(0, ...list));
  Object.assign(r.v().arch.regs, { esp: at, ss: FLAT_RING1_DS });
  r.call(r.me, HYPERVISOR.iret);
  return r.d().shutdown;
}

const ALIVE = -1;
const { crash: CRASH } = SHUTDOWN;

export const segmentAttacks: Attack[] = [
  {
    name: 'a code segment of ring 0',
    tries: 'to run in ring 0',
    stops: ['x86/descriptors.ts#checkDescriptor#1'], refused: 0,
    run: gdt(0n, 0x00cf_9a00_0000_ffffn),
  },
  {
    name: 'a flat segment of 4 GiB',
    tries: 'to read the hypervisor by an offset',
    stops: ['x86/descriptors.ts#checkSegment#3'], refused: 0,
    run: gdt(0n, 0x00cf_b200_0000_ffffn),
  },
  {
    name: 'a segment that grows down from 4 GiB',
    tries: 'to read the hypervisor by an offset',
    stops: ['x86/descriptors.ts#checkSegment#2'], refused: 0,
    run: gdt(0n, 0xf0c0_b600_0000_0000n),
  },
  {
    name: 'a segment that begins at the wall',
    tries: 'to read the hypervisor from offset 0 on',
    stops: ['x86/descriptors.ts#checkSegment#1'], refused: -EINVAL,
    run: gdt(0n, 0xf6cf_b280_0000_ffffn),
  },
  {
    name: 'a segment that cannot be cut off',
    tries: 'to have a limit in pages read as one in bytes',
    stops: ['x86/descriptors.ts#withSpan#1'], refused: -EINVAL,
    run: gdt(0n, 0xf040_b600_0000_0000n),
  },
  {
    name: 'a gate into the hypervisor',
    tries: 'to call ring 0 where it likes',
    stops: [
      'x86/descriptors.ts#checkGate#2',
      'x86/gdt.ts#validateDescriptors#1',
    ],
    refused: -EINVAL,
    run: gdt(0n, 0x0000_ec00_0000_0000n | BigInt(XEN_CS) << 16n),
  },
  {
    name: 'a gate to ring 0 of its own',
    tries: 'to have a selector taken for one of ring 0',
    stops: ['x86/descriptors.ts#checkGate#1'], refused: 0,
    run: gdt(0n, 0x0000_ec00_0008_0000n),
  },
  {
    name: 'a gate with bits that mean nothing',
    tries: 'to find out what they do',
    stops: [], refused: -EINVAL,
    run: gdt(0n, 0x0000_ecff_0009_0000n),
  },
  {
    name: 'a task-state segment',
    tries: 'to load all registers of a task, CR3 among them',
    stops: ['x86/descriptors.ts#checkDescriptor#2'], refused: -EINVAL,
    run: gdt(0n, 0x0000_e900_0008_0067n),
  },
  {
    name: 'a gate into the hypervisor, by itself',
    tries: 'to call ring 0 where it likes',
    stops: ['x86/gdt.ts#updateDescriptor#2'], refused: -EINVAL,
    run: (r) => descriptor(r, r.table(), 8,
      0x0000_ec00_0000_0000n | BigInt(XEN_CS) << 16n),
  },
  {
    name: 'a descriptor between two others',
    tries: 'to make one of ring 0 of two halves',
    stops: ['x86/gdt.ts#updateDescriptor#1'], refused: -EINVAL,
    run: (r) => {
      const page = r.table();
      setGdt(r, page);
      return descriptor(r, page, 12, 0x00cf_9a00n);
    },
  },
  {
    name: "a descriptor in the victim's page",
    tries: "to write eight bytes of another's memory",
    stops: ['x86/gdt.ts#updateDescriptor#3'], refused: -EINVAL,
    run: (r) => descriptor(r, r.frameOf(r.victim), 0, 0x1234n),
  },
  {
    name: 'a descriptor in a page table',
    tries: 'to write an entry that maps the victim',
    stops: ['x86/gdt.ts#updateDescriptor#4'], refused: -EINVAL,
    run: (r) => {
      const l1 = r.table();
      ext(r, MMUEXT.PIN_L1_TABLE, l1);
      const entry = BigInt(r.frameOf(r.victim)) << 12n | 0x67n;
      return descriptor(r, l1, 0, entry);
    },
  },
  {
    name: "a GDT in the victim's page",
    tries: "to use another's memory as descriptors",
    stops: ['x86/gdt.ts#takeGdt#2'], refused: -EINVAL,
    run: (r) => setGdt(r, r.frameOf(r.victim)),
  },
  {
    name: 'a GDT over the reserved page',
    tries: "to put its own page where the hypervisor's is",
    stops: [], refused: -EINVAL,
    run: (r) => setGdt(r, r.table(), FIRST_RESERVED_GDT_ENTRY + 512),
  },
  {
    name: 'a GDT for domain 0',
    tries: 'to type frames of a domain that has no descriptors',
    stops: [], refused: -EINVAL,
    run: (r) => r.call(0, HYPERVISOR.set_gdt, r.record(0), 0n),
  },
  {
    name: 'an LDT in the hypervisor',
    tries: "to load selectors from the hypervisor's own GDT",
    stops: ['x86/ldt.ts#ldtOkay#3', 'x86/ldt.ts#setLdt#1'],
    refused: -EINVAL,
    run: (r) => ldt(r, GDT_PAGE_AT, 512),
  },
  {
    name: 'an LDT in a writable page',
    tries: 'to write descriptors that nobody checks',
    stops: ['x86/ldt.ts#mapLdtPage#4'], refused: 0,
    run: (r) => ldt(r, Number(r.record()), 512),
  },
  {
    name: 'an LDT that begins within a page',
    tries: 'to shift descriptors against their check',
    stops: [], refused: -EINVAL,
    run: (r) => ldt(r, 8, 512),
  },
  {
    name: 'an LDT of more than 64 KiB',
    tries: 'to have it reach into the next table',
    stops: [], refused: -EINVAL,
    run: (r) => ldt(r, 0, 16384),
  },
  {
    name: 'a selector behind the end of the LDT',
    tries: 'to have a page typed that is no table',
    stops: [], refused: 0,
    run: (r) => ldt(r, Number(r.record()) - 4096, 512, 4096),
  },
  {
    name: 'a selector where the LDT is not mapped',
    tries: 'to have a frame typed that an absent entry names',
    stops: [], refused: 0,
    run: (r) => ldt(r, 0x8000_0000, 512),
  },
  {
    name: 'a first context of ring 0',
    tries: 'to begin in ring 0, with all privileges',
    stops: [
      'x86/context.ts#safeRegs#1', 'x86/context.ts#safeRegs#2',
      'x86/context.ts#safeRegs#3', 'x86/context.ts#selector#1',
      'x86/context.ts#copyContext#1',
      'x86/descriptors.ts#fixupSelector#1',
    ],
    refused: 0,
    run: (r) => context(r, {
      user_regs: userRegs({ cs: 8, ss: 16, eflags: 0x3_3000 }),
      kernel_ss: 16n, event_callback_cs: 8n,
      trap_ctxt: [{ vector: 0, flags: 0, cs: 8, address: 64n }],
    }),
  },
  {
    name: 'a first context with a handler in the hypervisor',
    tries: 'to have ring 0 called at the next event',
    stops: ['x86/context.ts#refuse#2'], refused: -EINVAL,
    run: (r) => context(r, { event_callback_cs: BigInt(XEN_CS | 1) }),
  },
  {
    name: 'a first context with an LDT in the hypervisor',
    tries: "to load selectors from the hypervisor's own GDT",
    stops: ['x86/context.ts#refuse#3'], refused: -EINVAL,
    run: (r) => context(r,
      { ldt_base: BigInt(GDT_PAGE_AT), ldt_ents: 512n }),
  },
  {
    name: 'a first context with a GDT over the reserved page',
    tries: "to put its own page where the hypervisor's is",
    stops: ['x86/gdt.ts#takeGdt#1'], refused: -EINVAL,
    run: (r) => context(r, {
      gdt_frames: new Array<bigint>(16).fill(BigInt(r.table())),
      gdt_ents: BigInt(FIRST_RESERVED_GDT_ENTRY + 512),
    }),
  },
  {
    name: "a first context on the victim's page tables",
    tries: "to run in another's address space",
    stops: [
      'x86/context.ts#setGuestContext#3', 'x86/context.ts#setTables#1',
    ],
    refused: -EINVAL,
    run: (r) => context(r, { ctrlreg: [0n, 0n, 0n,
      BigInt(pfnToCr3(r.v(r.victim).arch.guestTable))] }),
  },
  {
    name: 'a context for a processor that runs',
    tries: 'to change registers behind its back',
    stops: [], refused: -EEXIST,
    run: (r) => context(r, {}, 0),
  },
  {
    name: 'a context from domain 0 for a processor that runs',
    tries: 'to change registers behind its back',
    stops: [], refused: -EBUSY,
    run: (r) => {
      r.put(0, 0x1_2000n, contextOf(r, {}));
      return control(r, DOMCTL.setvcpucontext, r.me.domid,
        DomctlVcpucontext.encode({ vcpu: 0, ctxt: 0x1_2000n }, 8));
    },
  },
  {
    name: 'a trap handler in the hypervisor',
    tries: 'to have ring 0 called at the next exception',
    stops: ['x86/callbacks.ts#setTrapTable#1'], refused: -EINVAL,
    run: (r) => {
      r.put(r.me, r.record(),
        words((XEN_CS | 1) << 16, 64, 0, 0));
      return r.call(r.me, HYPERVISOR.set_trap_table, r.record());
    },
  },
  {
    name: 'a trap handler in ring 0',
    tries: 'to have ring 0 called at the next exception',
    stops: ['x86/callbacks.ts#code#1'], refused: 0,
    run: (r) => {
      r.put(r.me, r.record(), words(8 << 16, 64, 0, 0));
      return r.call(r.me, HYPERVISOR.set_trap_table, r.record());
    },
  },
  {
    name: 'an event handler in the hypervisor',
    tries: 'to have ring 0 called at the next event',
    stops: ['x86/callbacks.ts#setCallbacks#1'], refused: -EINVAL,
    run: (r) => r.call(r.me, HYPERVISOR.set_callbacks,
      BigInt(XEN_CS | 1), 64n, BigInt(FLAT_RING1_CS), 64n),
  },
  {
    name: 'a failsafe handler in the hypervisor',
    tries: 'to have ring 0 called when a selector is bad',
    stops: ['x86/callbacks.ts#setCallbacks#2'], refused: -EINVAL,
    run: (r) => r.call(r.me, HYPERVISOR.set_callbacks,
      BigInt(FLAT_RING1_CS), 64n, BigInt(XEN_CS | 1), 64n),
  },
  {
    name: 'an event handler in the hypervisor, by the newer call',
    tries: 'to have ring 0 called at the next event',
    stops: ['x86/callbacks.ts#callbackOp#2'], refused: -EINVAL,
    run: (r) => r.ask(r.me, HYPERVISOR.callback_op,
      CALLBACKOP.register, CallbackRegister32,
      { cs: BigInt(XEN_CS | 1), eip: 64n }).rc,
  },
  {
    name: 'a callback operation that does not exist',
    tries: 'to find out what it does',
    stops: [], refused: -ENOSYS,
    run: (r) => r.call(r.me, HYPERVISOR.callback_op, 7n, r.record()),
  },
  {
    name: 'return with all privileges',
    tries: 'to have IOPL 3, and touch every port',
    stops: ['x86/iret.ts#iret#4'], refused: ALIVE,
    run: (r) => iret(r, [64, FLAT_RING1_CS, 0x3202]),
  },
  {
    name: 'return with a stack of ring 0',
    tries: 'to have a stack segment of ring 0',
    stops: ['x86/iret.ts#iret#5'], refused: ALIVE,
    run: (r) => iret(r, [64, FLAT_RING3_CS, 0x202, 0, 16]),
  },
  {
    name: 'return to ring 0',
    tries: 'to run in ring 0',
    stops: ['x86/iret.ts#iret#3'], refused: CRASH,
    run: (r) => iret(r, [64, 8, 0x202]),
  },
  {
    name: 'return to virtual-8086 mode',
    tries: 'to be in a mode that the hypervisor does not know',
    stops: [], refused: CRASH,
    run: (r) => iret(r, [64, FLAT_RING1_CS, 0x2_0202]),
  },
  {
    name: 'return from a stack that is not there',
    tries: 'to crash the hypervisor with a bad pointer',
    stops: ['x86/iret.ts#iret#1'], refused: CRASH,
    run: (r) => iret(r, [64, FLAT_RING1_CS, 0x202], 0x8000_0000),
  },
  {
    name: 'return from a stack outside its segment',
    tries: 'to have the frame read from the hypervisor',
    stops: [], refused: CRASH,
    run: (r) => iret(r, [64, FLAT_RING1_CS, 0x202], 0xffff_0000),
  },
  {
    name: 'an exception without a handler',
    tries: 'to crash the hypervisor',
    stops: ['x86/traps.ts#guestTrap#1'], refused: CRASH,
    run: (r) => fault(r, [], {}, 0),
  },
  {
    name: 'an exception onto a stack that is not there',
    tries: 'to go on with a stack pointer that is none',
    stops: ['x86/bounce.ts#bounceFrame#2'], refused: CRASH,
    run: (r) => trap(r, { esp: 0x8000_0000, ss: FLAT_RING1_DS }),
  },
  {
    name: 'an exception onto a stack in the hypervisor',
    tries: 'to have the frame written into the hypervisor',
    stops: [], refused: CRASH,
    run: (r) => trap(r, { esp: HOLE + 12, ss: FLAT_RING1_DS }),
  },
  {
    name: 'an exception onto a stack behind the wall',
    tries: 'to have the frame written into the hypervisor',
    stops: [], refused: CRASH,
    run: (r) => trap(r, { esp: 0xfffe_0000, ss: FLAT_RING1_DS }),
  },
  {
    name: 'an exception onto a code segment',
    tries: 'to have the frame written where it may not write',
    stops: [], refused: CRASH,
    run: (r) => trap(r, {
      esp: Number(r.record()) + 512, ss: FLAT_RING1_CS }),
  },
  {
    name: 'an exception whose handler is at address 0',
    tries: 'to go on where there is nothing',
    stops: [], refused: CRASH,
    run: (r) => trap(r, {
      esp: Number(r.record()) + 512, ss: FLAT_RING1_DS }, 0),
  },
  {
    name: 'switch paging off',
    tries: 'to be without the page tables that hold it',
    stops: ['x86/emulate.ts#writeCr#1'], refused: CRASH,
    run: (r) => fault(r, [0x0f, 0x22, 0xc0], { eax: 0x11 }),
  },
  {
    name: 'a move that faults, and is no move of a register',
    tries: 'to have a result of nothing stored',
    stops: ['x86/emulate.ts#readSpecial#1'], refused: CRASH,
    run: (r) => fault(r, [0xa1, 0, 0, 0, 0]),
  },
  {
    name: "a privileged instruction of the guest's program",
    tries: "to have its kernel's privileges",
    stops: ['x86/emulate.ts#emulatePrivileged#1'], refused: CRASH,
    run: (r) => {
      r.v().arch.cr0 |= 8;
      const end = fault(r, [0x0f, 0x06],
        { cs: FLAT_RING3_CS, ss: FLAT_RING3_DS });
      r.reach(!(r.v().arch.cr0 & 8), 'a program has changed CR0');
      return end;
    },
  },
  {
    name: "an interrupt of the kernel's, by its program",
    tries: 'to have a handler called that is for the kernel alone',
    stops: ['x86/traps.ts#mayCall#2'], refused: CRASH,
    run: (r) => {
      const { arch } = r.v();
      arch.traps[3] = { cs: FLAT_RING1_CS, eip: 64, flags: 0 };
      const end = fault(r, [0xcd, 3], { error_code: 3 << 3 | 2,
        cs: FLAT_RING3_CS, ss: FLAT_RING3_DS });
      r.reach((arch.regs.cs & 3) === 1,
        'a program has called what is not its own');
      return end;
    },
  },
  {
    name: 'a fault that looks like an interrupt',
    tries: 'to have another handler called than its own',
    stops: [], refused: ALIVE,
    run: (r) => {
      r.v().arch.traps[0] = { cs: FLAT_RING1_CS, eip: 64, flags: 3 };
      return fault(r, [0x0f, 0x06]);
    },
  },
  {
    name: 'an instruction that cannot be read',
    tries: 'to crash the hypervisor with a bad pointer',
    stops: [
      'x86/emulate.ts#emulatePrivileged#2',
      'x86/guest-code.ts#codeByte#4',
    ],
    refused: CRASH,
    run: (r) => fault(r, [], { eip: 0x8000_0000 }),
  },
  {
    name: 'an instruction in a segment that does not exist',
    tries: 'to crash the hypervisor with a selector',
    stops: [
      'x86/guest-segment.ts#linearOf#1',
      'x86/guest-segment.ts#readDescriptor#2',
    ],
    refused: CRASH,
    run: (r) => fault(r, [], { cs: 0x1009 }),
  },
  {
    name: 'an instruction in no segment',
    tries: 'to have entry 0 of the GDT used',
    stops: [], refused: CRASH,
    run: (r) => fault(r, [], { cs: 1 }),
  },
  {
    name: "an instruction in a segment behind the hypervisor's",
    tries: "to have the hypervisor's memory read as a descriptor",
    stops: [], refused: CRASH,
    run: (r) => fault(r, [], { cs: 0xffc1 }),
  },
  {
    name: 'an instruction in a segment behind the LDT',
    tries: 'to have a descriptor read that is none',
    stops: [], refused: CRASH,
    run: (r) => fault(r, [], { cs: 13 }),
  },
  {
    name: 'an instruction in the hypervisor',
    tries: "to have the hypervisor's memory decoded",
    stops: [], refused: CRASH,
    run: (r) => fault(r, [], { eip: HOLE + 16 }),
  },
  {
    name: 'an instruction without page tables',
    tries: 'to have page tables walked that are not there',
    stops: ['x86/guest-code.ts#codeByte#3'], refused: CRASH,
    run: (r) => {
      const { arch } = r.v();
      const table = arch.guestTable;
      arch.guestTable = -1;
      try {
        return fault(r, []);
      } finally {
        arch.guestTable = table;
      }
    },
  },
  {
    name: 'read a port without the privilege',
    tries: 'to talk to a device',
    stops: [], refused: CRASH,
    run: (r) => fault(r, [0xec]),
  },
  {
    name: 'write a control register that does not exist',
    tries: 'to find out what it does',
    stops: [], refused: CRASH,
    run: (r) => fault(r, [0x0f, 0x22, 0xc8]),
  },
  {
    name: 'read a control register that does not exist',
    tries: 'to find out what it holds',
    stops: [], refused: CRASH,
    run: (r) => fault(r, [0x0f, 0x20, 0xc8]),
  },
  {
    name: 'an instruction with a prefix that it may not have',
    tries: 'to have it carried out all the same',
    stops: [], refused: CRASH,
    run: (r) => fault(r, [0xf0, 0x0f, 0x06]),
  },
  {
    name: 'ports at a level that does not exist',
    tries: 'to have more privileges than there are',
    stops: [], refused: -EINVAL,
    run: (r) => {
      r.put(r.me, r.record(), words(4));
      return r.call(r.me, HYPERVISOR.physdev_op, 6n, r.record());
    },
  },
  {
    name: 'a device operation that does not exist',
    tries: 'to find out what it does',
    stops: [], refused: -ENOSYS,
    run: (r) => r.call(r.me, HYPERVISOR.physdev_op, 99n, r.record()),
  },
  {
    name: 'a break-point in the hypervisor',
    tries: 'an exception in ring 0, at a moment of choice',
    stops: ['x86/registers.ts#setDebugreg#2'], refused: -EPERM,
    run: (r) => r.call(
      r.me, HYPERVISOR.set_debugreg, 0n, BigInt(GDT_PAGE_AT)),
  },
  {
    name: 'a break-point on the debug registers',
    tries: 'an exception in ring 0, when it loads them',
    stops: [
      'x86/registers.ts#setDebugreg#3', 'x86/registers.ts#checkDr7#1',
    ],
    refused: -EPERM,
    run: (r) => r.call(r.me, HYPERVISOR.set_debugreg, 7n, 0x2400n),
  },
  {
    name: 'a break-point on a port',
    tries: 'an exception in ring 0, when it talks to a device',
    stops: ['x86/registers.ts#checkDr7#2'], refused: -EPERM,
    run: (r) => r.call(r.me, HYPERVISOR.set_debugreg, 7n, 0x2_0402n),
  },
  {
    name: 'a debug register too many',
    tries: "to write behind the hypervisor's own array",
    stops: ['x86/registers.ts#setDebugreg#1'], refused: -ENODEV,
    run: (r) => r.call(r.me, HYPERVISOR.set_debugreg, 8n, 1n),
  },
  {
    name: 'read a debug register too many',
    tries: 'to crash the hypervisor with a number',
    stops: ['x86/registers.ts#getDebugreg#1'], refused: -ENODEV,
    run: (r) => r.call(r.me, HYPERVISOR.get_debugreg, 8n),
  },
  {
    name: 'write debug register 4',
    tries: 'to write one that does not exist',
    stops: [], refused: 0,
    run: (r) => r.call(r.me, HYPERVISOR.set_debugreg, 4n, 1n),
  },
];
