/** Two 32-bit hashes of a stream of words. */
export class Hash {
  private a = 0x9e37_79b9;
  private b = 0x85eb_ca6b;

  word(w: number): void {
    this.a = Math.imul(this.a ^ w, 0x0100_0193);
    this.b = Math.imul((this.b << 13 | this.b >>> 19) ^ w, 0xcc9e_2d51);
  }

  bytes({ buffer, byteOffset, length }: Uint8Array): void {
    const words = byteOffset % 4 === 0 ? length >>> 2 : 0;
    for (const w of new Uint32Array(buffer, byteOffset, words)) {
      this.word(w);
    }
    const rest = new Uint8Array(buffer, byteOffset, length);
    for (const byte of rest.subarray(words * 4)) this.word(byte);
    this.word(length);
  }

  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.word(text.charCodeAt(i));
    this.word(text.length);
  }

  /** Sixteen digits. */
  toString(): string {
    const half = (n: number) => (n >>> 0).toString(16).padStart(8, '0');
    return half(this.a) + half(this.b);
  }
}

/** What can add itself to a hash. */
export interface Hashable { addTo(h: Hash): void }

const hashable = (value: object): value is Hashable =>
  'addTo' in value && typeof value.addTo === 'function';

type Seen = Map<object, number>;

function hashValue(h: Hash, value: unknown, seen: Seen): void {
  if (typeof value === 'object' && value !== null) {
    return hashObject(h, value, seen);
  }
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new Error('the state holds something that is not data');
  }
  h.text(`${typeof value} ${String(value)}`);
}

function hashObject(h: Hash, value: object, seen: Seen): void {
  const met = seen.get(value);
  if (met !== undefined) return h.word(met);
  seen.set(value, seen.size);
  if (hashable(value)) return value.addTo(h);
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    return h.bytes(new Uint8Array(
      buffer as ArrayBuffer, byteOffset, byteLength));
  }
  if (value instanceof Promise) throw new Error('a promise');
  const entries = value instanceof Map ? [...value]
    : value instanceof Set ? [...value].map((v) => [v])
    : Object.entries(value);
  for (const entry of entries) {
    for (const part of entry) hashValue(h, part, seen);
  }
  h.word(entries.length);
}

/** A hash of data: of records, lists, maps, arrays of bytes. Equal
 * for equal data. Throws if something in it is not data. */
export function hashOf(value: unknown): string {
  const h = new Hash();
  hashValue(h, value, new Map());
  return h.toString();
}
