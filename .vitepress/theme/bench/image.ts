// What a dropped file is, as far as its first bytes and notes tell.
import type { DroppedImage } from '../../../src/labs/view';

const ELF = [0x7f, 0x45, 0x4c, 0x46];
/** A note of a paravirtual guest: name size 4, then `Xen`. */
const XEN_NOTE = [4, 0, 0, 0];
const XEN = [0x58, 0x65, 0x6e, 0];

/** A kernel with Xen's notes runs as a guest, and an ELF file without them
 * too, so that its refusal is told; the rest runs on the bare machine. */
export function placeFor(bytes: Uint8Array): DroppedImage['on'] {
  if (!startsWith(bytes, 0, ELF)) return 'pc';
  return hasXenNote(bytes) || !hasMultiboot(bytes) ? 'host' : 'pc';
}

function startsWith(
  bytes: Uint8Array, at: number, what: readonly number[],
): boolean {
  return what.every((byte, i) => bytes[at + i] === byte);
}

function hasXenNote(bytes: Uint8Array): boolean {
  for (let at = 0; at + 16 <= bytes.length; at += 4) {
    if (startsWith(bytes, at, XEN_NOTE) && startsWith(bytes, at + 12, XEN)) {
      return true;
    }
  }
  return false;
}

/** Multiboot's magic number, aligned, in the first 8192 bytes. */
function hasMultiboot(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 4 <= Math.min(8192, bytes.length); at += 4) {
    if (view.getUint32(at, true) === 0x1bad_b002) return true;
  }
  return false;
}
