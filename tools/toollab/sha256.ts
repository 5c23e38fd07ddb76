// SHA-256 (FIPS 180-4), because a page's own is asynchronous and the book's
// tools ask for it at once.

/** The first 32 bits of the fractions of primes' roots. */
function constants(): { starts: Uint32Array; keys: Uint32Array } {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) {
    if (primes.every((p) => n % p !== 0)) primes.push(n);
  }
  const part = (x: number): number => Math.floor((x % 1) * 2 ** 32);
  return {
    starts: Uint32Array.from(primes.slice(0, 8), (p) => part(Math.sqrt(p))),
    keys: Uint32Array.from(primes, (p) => part(Math.cbrt(p))),
  };
}

const { starts, keys } = constants();
const turned = (x: number, by: number): number => x >>> by | x << (32 - by);

/** A message with its end mark and its length, in whole blocks. */
function padded(bytes: Uint8Array): DataView {
  const all = new Uint8Array(((bytes.length + 8 >> 6) + 1) * 64);
  all.set(bytes);
  all[bytes.length] = 0x80;
  const view = new DataView(all.buffer);
  view.setUint32(all.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(all.length - 4, bytes.length << 3);
  return view;
}

function schedule(view: DataView, at: number): Uint32Array {
  const w = new Uint32Array(64);
  for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const [a, b] = [w[i - 15]!, w[i - 2]!];
    const low = turned(a, 7) ^ turned(a, 18) ^ a >>> 3;
    const high = turned(b, 17) ^ turned(b, 19) ^ b >>> 10;
    w[i] = w[i - 16]! + low + w[i - 7]! + high;
  }
  return w;
}

function mix(state: Uint32Array, w: Uint32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as number[] as
    [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const one = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const t = h + one + (e & f ^ ~e & g) + keys[i]! + w[i]! | 0;
    const two = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const u = two + (a & b ^ a & c ^ b & c) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, d + t | 0, c, b, a, t + u | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((x, i) => { state[i]! += x; });
}

/** The 32 bytes of a message's digest. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const state = Uint32Array.from(starts);
  const view = padded(bytes);
  for (let at = 0; at < view.byteLength; at += 64) {
    mix(state, schedule(view, at));
  }
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((x, i) => out.setUint32(4 * i, x));
  return new Uint8Array(out.buffer);
}
