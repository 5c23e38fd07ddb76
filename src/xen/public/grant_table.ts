import { ptr, s16, struct, u16, u32, u64, ulong } from './layout.ts';

/** One entry of the table, version 1. */
export const GrantEntry = struct({
  flags: u16, domid: u16, frame: u32,
});
export const GRANTS_PER_FRAME = 512;

/** Flags of an entry. Xen: public/grant_table.h. */
export const GTF = {
  invalid: 0, permit_access: 1, accept_transfer: 2, type_mask: 3,
  /** Of permit_access: set by the owner. */
  readonly: 4,
  /** Of permit_access: set by the hypervisor while in use. */
  reading: 8, writing: 16,
  /** Of accept_transfer: set by the hypervisor. */
  transfer_committed: 4, transfer_completed: 8,
  sub_page: 256,
} as const;

/** Sub-operations of grant_table_op. */
export const GNTTABOP = {
  map_grant_ref: 0, unmap_grant_ref: 1, setup_table: 2, dump_table: 3,
  transfer: 4, copy: 5, query_size: 6, unmap_and_replace: 7,
  set_version: 8, get_status_frames: 9, get_version: 10,
  swap_grant_ref: 11, cache_flush: 12,
} as const;

/** What became of one request. */
export const GNTST = {
  okay: 0, general_error: -1, bad_domain: -2, bad_gntref: -3,
  bad_handle: -4, bad_virt_addr: -5, bad_dev_addr: -6,
  no_device_space: -7, permission_denied: -8, bad_page: -9,
  bad_copy_arg: -10, address_too_big: -11, eagain: -12,
} as const;

/** Flags of a mapping. */
export const GNTMAP = {
  device_map: 1, host_map: 2, readonly: 4, application_map: 8,
  contains_pte: 16, can_fail: 32,
} as const;

/** Flags of a copy, and of a cache flush. */
export const GNTCOPY = { source_gref: 1, dest_gref: 2 } as const;
export const GNTTAB_CACHE = {
  clean: 1, inval: 2, source_gref: 0x8000_0000,
} as const;

export const GrantMapGrantRef = struct({
  host_addr: u64, flags: u32, ref: u32, dom: u16, status: s16,
  handle: u32, dev_bus_addr: u64,
});
export const GrantUnmapGrantRef = struct({
  host_addr: u64, dev_bus_addr: u64, handle: u32, status: s16,
});
export const GrantUnmapAndReplace = struct({
  host_addr: u64, new_addr: u64, handle: u32, status: s16,
});
export const GrantTransfer = struct({
  mfn: ulong, domid: u16, ref: u32, status: s16,
});

/** `u`: a reference (its low 32 bits) or a frame number. */
const CopyPointer = struct({ u: ulong, domid: u16, offset: u16 });
export const GrantCopy = struct({
  source: CopyPointer, dest: CopyPointer, len: u16, flags: u16,
  status: s16,
});

export const GrantSetupTable = struct({
  dom: u16, nr_frames: u32, status: s16, frame_list: ptr,
});
export const GrantQuerySize = struct({
  dom: u16, nr_frames: u32, max_nr_frames: u32, status: s16,
});
export const GrantSetVersion = struct({ version: u32 });
export const GrantGetVersion = struct({
  dom: u16, _pad: u16, version: u32,
});
export const GrantGetStatusFrames = struct({
  nr_frames: u32, dom: u16, status: s16, frame_list: ptr,
});
export const GrantSwapGrantRef = struct({
  ref_a: u32, ref_b: u32, status: s16,
});
export const GrantCacheFlush = struct({
  address: u64, offset: u16, length: u16, op: u32,
});
