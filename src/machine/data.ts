/** An object's own data. */
export type Data = Readonly<Record<string, unknown>>;

/** A copy of all that an object holds but functions and what
 * `isWire` names. Throws if there is more than data in it. Arrays
 * of bytes that are still as in `before` are shared with it. */
export function dataOf(
  object: object, isWire: (value: unknown) => boolean, before?: Data,
): Data {
  const own = Object.entries(object).filter(([, value]) =>
    typeof value !== 'function' && !isWire(value));
  return Object.fromEntries(own.map(([name, value]) => {
    const old = before?.[name];
    const same = value instanceof Uint8Array
      && old instanceof Uint8Array && sameBytes(value, old);
    return [name, same ? old : structuredClone(value) as unknown];
  }));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
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
