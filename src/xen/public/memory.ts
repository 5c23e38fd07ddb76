import { ptr, struct, u16, u32, u64, ulong } from './layout.ts';

/** Sub-operations of `memory_op`. Xen: public/memory.h. */
export const XENMEM = {
  increase_reservation: 0, decrease_reservation: 1,
  maximum_ram_page: 2, current_reservation: 3,
  maximum_reservation: 4, machphys_mfn_list: 5, populate_physmap: 6,
  add_to_physmap: 7, memory_map: 9, machine_memory_map: 10,
  exchange: 11, machphys_mapping: 12, set_memory_map: 13,
  maximum_gpfn: 14, remove_from_physmap: 15, set_pod_target: 16,
  get_pod_target: 17, add_to_physmap_batch: 23, claim_pages: 24,
  machphys_compat_mfn_list: 25, get_vnumainfo: 26,
  acquire_resource: 28,
} as const;

export const MemoryReservation = struct({
  extent_start: ptr, nr_extents: ulong, extent_order: u32,
  mem_flags: u32, domid: u16,
});

export const MemoryExchange = struct({
  in: MemoryReservation, out: MemoryReservation, nr_exchanged: ulong,
});

export const MemoryDomain = struct({ domid: u16 });

export const MachphysMfnList = struct({
  max_extents: u32, extent_start: ptr, nr_extents: u32,
});

export const MachphysMapping = struct({
  v_start: ulong, v_end: ulong, max_mfn: ulong,
});

/** Spaces of `add_to_physmap`. */
export const XENMAPSPACE = {
  shared_info: 0, grant_table: 1, gmfn: 2, gmfn_range: 3,
  gmfn_foreign: 4, dev_mmio: 5,
} as const;

export const AddToPhysmap = struct({
  domid: u16, size: u16, space: u32, idx: ulong, gpfn: ulong,
});

/** `u` is the foreign domain of space gmfn_foreign. */
export const AddToPhysmapBatch = struct({
  domid: u16, space: u16, size: u16, u: u16, idxs: ptr, gpfns: ptr,
  errs: ptr,
});

export const RemoveFromPhysmap = struct({ domid: u16, gpfn: ulong });

export const MemoryMap = struct({ nr_entries: u32, buffer: ptr });

export const ForeignMemoryMap = struct({ domid: u16, map: MemoryMap });

/** An E820 entry is packed: 20 bytes in both widths. */
export const E820_ENTRY_BYTES = 20;
export const E820_RAM = 1;
