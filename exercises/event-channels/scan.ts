/** Four accesses to the guest's memory. */
export interface Memory {
  read32(at: number): number;
  write32(at: number, value: number): void;
}

/**
 * Take all pending, unmasked ports of a 32-bit guest, lowest first.
 * `info` is the address of vcpu_info, `shared` of shared_info.
 */
export function takeEvents(
  m: Memory, info: number, shared: number): number[] {
  return [];
}
