/** The signed LEB128 number at `at`, and where the next one begins. */
export function readSigned(
  bytes: Uint8Array, at: number,
): [value: number, next: number] {
  let value = 0;
  for (let n = 0; n < 5; n++) {
    const byte = bytes[at + n];
    if (byte === undefined) throw new RangeError('cut short');
    value |= (byte & 0x7f) << 7 * n;
    if (byte >= 0x80) continue;
    const unused = Math.max(0, 25 - 7 * n);
    return [value << unused >> unused, at + n + 1];
  }
  throw new RangeError('more than 32 bits');
}
