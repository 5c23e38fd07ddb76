/** Bytes of ModRM, SIB and displacement, 1 to 6. */
export function afterOpcode(
  modrm: number, sib: number, addrSize: 16 | 32,
): number {
  return 1;
}
