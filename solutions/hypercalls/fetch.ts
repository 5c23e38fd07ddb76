export const MOST = 64;
export const HOLE = 0xf580_0000;

export interface GuestBytes { read(at: number): number }

export function fetchMessage(
  memory: GuestBytes, at: number,
): Uint8Array | number {
  const record = Uint8Array.from(
    { length: 8 }, (_, i) => memory.read(at + i));
  const view = new DataView(record.buffer);
  const length = view.getUint32(0, true);
  const from = view.getUint32(4, true);
  if (length > MOST) return -22;
  if (from + length > HOLE) return -14;
  return Uint8Array.from(
    { length }, (_, i) => memory.read(from + i));
}
