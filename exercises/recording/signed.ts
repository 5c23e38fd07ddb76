/** The signed LEB128 number at `at`, and where the next one begins. */
export function readSigned(
  bytes: Uint8Array, at: number,
): [value: number, next: number] {
  return [0, at];
}
