/** Bytes of ModRM, SIB and displacement, 1 to 6. */
export function afterOpcode(
  modrm: number, sib: number, addrSize: 16 | 32,
): number {
  const mod = modrm >> 6, rm = modrm & 7;
  if (mod === 3) return 1;
  if (addrSize === 16) {
    if (mod === 0) return rm === 6 ? 3 : 1;
    return mod === 1 ? 2 : 3;
  }
  const own = rm === 4 ? 2 : 1;
  const base = rm === 4 ? sib & 7 : rm;
  if (mod === 0) return base === 5 ? own + 4 : own;
  return mod === 1 ? own + 1 : own + 4;
}
