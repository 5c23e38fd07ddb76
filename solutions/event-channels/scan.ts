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
  const ports: number[] = [];
  m.write32(info, m.read32(info) & ~0xff);
  const selector = m.read32(info + 4);
  m.write32(info + 4, 0);
  for (let word = 0; word < 32; word++) {
    if ((selector >>> word & 1) === 0) continue;
    const pending = m.read32(shared + 2048 + word * 4);
    const mask = m.read32(shared + 2176 + word * 4);
    const taken = (pending & ~mask) >>> 0;
    m.write32(shared + 2048 + word * 4, (pending & ~taken) >>> 0);
    for (let bit = 0; bit < 32; bit++) {
      if ((taken >>> bit & 1) !== 0) ports.push(word * 32 + bit);
    }
  }
  return ports;
}
