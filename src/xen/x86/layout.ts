import {
  MACH2PHYS_VIRT_END_PAE, MACH2PHYS_VIRT_START_PAE,
} from '../public/arch-x86.ts';

/** First address that is not the guest's. */
export const HOLE = MACH2PHYS_VIRT_START_PAE;
/** Where every guest segment must end. Xen 3: same name. */
export const GUEST_SEGMENT_MAX_ADDR = MACH2PHYS_VIRT_END_PAE;

/** A GDT and an LDT, 64 KiB each, for 32 virtual CPUs. */
export const PERDOMAIN = 0xf680_0000;
export const MAX_VIRT_CPUS = 32;
/** The pages of Xen's own. */
export const XEN_AREA = 0xf6c0_0000;

export const TEXT_AT = XEN_AREA;
export const IDT_AT = XEN_AREA + 0x1000;
export const TSS_AT = XEN_AREA + 0x2000;
export const GDT_PAGE_AT = XEN_AREA + 0x3000;
export const STACK_AT = XEN_AREA + 0x4000;
export const STACK_END = XEN_AREA + 0x6000;

/** Where virtual CPU `id` of the loaded domain has its tables. */
export const gdtAt = (id: number): number => PERDOMAIN + id * 0x2_0000;
export const ldtAt = (id: number): number => gdtAt(id) + 0x1_0000;

/** Selectors in the reserved page of every GDT. */
export const XEN_CS = 0xe008;
export const XEN_DS = 0xe010;
export const TSS_SELECTOR = 0xe040;
export const LDT_SELECTOR = 0xe048;
