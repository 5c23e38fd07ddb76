/** The executable sections of an ELF32 file and of those inside it. */
export function codeSections(file: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = 0; at + 52 <= file.length; at++) {
    if (view.getUint32(at) !== 0x7f45_4c46) continue;
    const is32 = view.getUint8(at + 4) === 1;
    if (is32) found.push(...sectionsAt(view, at));
  }
  return found;
}

function* sectionsAt(
  view: DataView, at: number,
): Generator<Uint8Array> {
  const u32 = (o: number) => view.getUint32(at + o, true);
  const u16 = (o: number) => view.getUint16(at + o, true);
  const table = u32(32), size = u16(46), count = u16(48);
  const names = u32(table + u16(50) * size + 16);
  for (let i = 0; i < count; i++) {
    const s = table + i * size;
    const name = String.fromCharCode(...Array.from({ length: 6 },
      (_, k) => view.getUint8(at + names + u32(s) + k)));
    const isCode = (u32(s + 8) & 4) !== 0 || name === '.text\0';
    if (!isCode || u32(s + 4) !== 1) continue;
    yield new Uint8Array(view.buffer,
      view.byteOffset + at + u32(s + 16), u32(s + 20));
  }
}
