import {
  array, bytes, struct, u16, u32, u64, u8, ulong,
} from './layout.ts';

/** Flat segments for a 32-bit guest. Xen: arch-x86/xen-x86_32.h. */
export const FLAT_RING1_CS = 0xe019;
export const FLAT_RING1_DS = 0xe021;
export const FLAT_RING3_CS = 0xe02b;
export const FLAT_RING3_DS = 0xe033;

/** Pages of a guest's GDT before Xen's own. */
export const FIRST_RESERVED_GDT_PAGE = 14;
export const FIRST_RESERVED_GDT_ENTRY = 14 * 512;

/** The PAE hypervisor's hole. */
export const HYPERVISOR_VIRT_START_PAE = 0xf580_0000;
export const MACH2PHYS_VIRT_START_PAE = 0xf580_0000;
export const MACH2PHYS_VIRT_END_PAE = 0xf680_0000;

export const CpuUserRegs32 = struct({
  ebx: u32, ecx: u32, edx: u32, esi: u32, edi: u32, ebp: u32,
  eax: u32, error_code: u16, entry_vector: u16, eip: u32, cs: u16,
  saved_upcall_mask: u8, _pad0: u8, eflags: u32, esp: u32,
  ss: u16, _pad1: u16, es: u16, _pad2: u16, ds: u16, _pad3: u16,
  fs: u16, _pad4: u16, gs: u16, _pad5: u16,
});

export const CpuUserRegs64 = struct({
  r15: u64, r14: u64, r13: u64, r12: u64, rbp: u64, rbx: u64,
  r11: u64, r10: u64, r9: u64, r8: u64, rax: u64, rcx: u64,
  rdx: u64, rsi: u64, rdi: u64, error_code: u32, entry_vector: u32,
  rip: u64, cs: u16, _pad0: u16, saved_upcall_mask: u8,
  _pad1: array(u8, 3), rflags: u64, rsp: u64,
  ss: u16, _pad2: array(u16, 3), es: u16, _pad3: array(u16, 3),
  ds: u16, _pad4: array(u16, 3), fs: u16, _pad5: array(u16, 3),
  gs: u16, _pad6: array(u16, 3),
});

export const TrapInfo = struct({
  vector: u8, flags: u8, cs: u16, address: ulong,
});

/** Bits of `vcpu_guest_context.flags`. */
export const VGCF = {
  i387_valid: 1, in_kernel: 4, failsafe_disables_events: 8,
  syscall_disables_events: 16, online: 32,
} as const;

export const VcpuGuestContext32 = struct({
  fpu_ctxt: bytes(512), flags: ulong, user_regs: CpuUserRegs32,
  trap_ctxt: array(TrapInfo, 256), ldt_base: ulong, ldt_ents: ulong,
  gdt_frames: array(ulong, 16), gdt_ents: ulong, kernel_ss: ulong,
  kernel_sp: ulong, ctrlreg: array(ulong, 8),
  debugreg: array(ulong, 8), event_callback_cs: ulong,
  event_callback_eip: ulong, failsafe_callback_cs: ulong,
  failsafe_callback_eip: ulong, vm_assist: ulong,
});

export const VcpuGuestContext64 = struct({
  fpu_ctxt: bytes(512), flags: ulong, user_regs: CpuUserRegs64,
  trap_ctxt: array(TrapInfo, 256), ldt_base: ulong, ldt_ents: ulong,
  gdt_frames: array(ulong, 16), gdt_ents: ulong, kernel_ss: ulong,
  kernel_sp: ulong, ctrlreg: array(ulong, 8),
  debugreg: array(ulong, 8), event_callback_eip: ulong,
  failsafe_callback_eip: ulong, syscall_callback_eip: ulong,
  vm_assist: ulong, fs_base: u64, gs_base_kernel: u64,
  gs_base_user: u64,
});

/** Frame number to the CR3 format of a 32-bit guest. */
export function pfnToCr3(pfn: number): number {
  return ((pfn << 12) | (pfn >>> 20)) >>> 0;
}

/** The CR3 format of a 32-bit guest to a frame number. */
export function cr3ToPfn(cr3: number): number {
  return ((cr3 >>> 12) | (cr3 << 20)) >>> 0;
}
