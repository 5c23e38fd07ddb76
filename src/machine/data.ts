/** Bytes from which on it pays to compare before copying. */
const LARGE = 4096;

/** An object's own data. */
export type Data = Readonly<Record<string, unknown>>;

/** A copy of all that an object holds but functions and what
 * `isWire` names. Throws if there is more than data in it. Arrays
 * of bytes, if large and still as in `before`, are shared with it. */
export function dataOf(
  object: object, isWire: (value: unknown) => boolean, before?: Data,
): Data {
  const own = Object.entries(object).filter(([, value]) =>
    typeof value !== 'function' && !isWire(value));
  return Object.fromEntries(own.map(([name, value]) => {
    const old = before?.[name];
    const same = value instanceof Uint8Array && value.length >= LARGE
      && old instanceof Uint8Array && sameBytes(value, old);
    return [name, same ? old : structuredClone(value) as unknown];
  }));
}

const words = ({ buffer, byteOffset, length }: Uint8Array) =>
  new Int32Array(buffer, byteOffset, length >>> 2);

/** For arrays whose length and place are multiples of four. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const [x, y] = [words(a), words(b)];
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}

/** The other way. Arrays of bytes stay the same objects. */
export function putBack(object: object, data: Data): void {
  const into = object as Record<string, unknown>;
  for (const [name, value] of Object.entries(data)) {
    const there = into[name];
    if (there instanceof Uint8Array && value instanceof Uint8Array) {
      there.set(value);
    } else into[name] = structuredClone(value);
  }
}
