/** Bytes of a guest's `unsigned long`: its width. */
export type Width = 4 | 8;

/** A C type: how long, how aligned, how read, how written. */
export interface Ctype<V> {
  size(w: Width): number;
  align(w: Width): number;
  get(from: DataView, at: number, w: Width): V;
  put(to: DataView, at: number, w: Width, value: V): void;
}

type Small = 'Uint8' | 'Int8' | 'Uint16' | 'Int16' | 'Uint32' | 'Int32';

function small(name: Small, size: number): Ctype<number> {
  return {
    size: () => size,
    align: () => size,
    get: (from, at) => from[`get${name}`](at, true),
    put: (to, at, _w, value) => to[`set${name}`](at, value, true),
  };
}

export const u8 = small('Uint8', 1);
export const s8 = small('Int8', 1);
export const u16 = small('Uint16', 2);
export const s16 = small('Int16', 2);
export const u32 = small('Uint32', 4);
export const s32 = small('Int32', 4);

function big(
  size: (w: Width) => number, align: (w: Width) => number,
): Ctype<bigint> {
  return {
    size, align,
    get: (from, at, w) => size(w) === 8
      ? from.getBigUint64(at, true)
      : BigInt(from.getUint32(at, true)),
    put: (to, at, w, value) => size(w) === 8
      ? to.setBigUint64(at, value, true)
      : to.setUint32(at, Number(value & 0xffff_ffffn), true),
  };
}

export const u64 = big(() => 8, (w) => w);
/** `uint64_aligned_t`, and a pointer that is always eight bytes. */
export const u64a = big(() => 8, () => 8);
export const ptr64 = u64a;
/** `unsigned long`, and a guest's pointer. */
export const ulong = big((w) => w, (w) => w);
export const ptr = ulong;

type Count = number | ((w: Width) => number);

const countOf = (n: Count, w: Width) =>
  typeof n === 'number' ? n : n(w);

export function array<V>(of: Ctype<V>, n: Count): Ctype<V[]> {
  return {
    size: (w) => of.size(w) * countOf(n, w),
    align: (w) => of.align(w),
    get: (from, at, w) => Array.from(
      { length: countOf(n, w) },
      (_, i) => of.get(from, at + i * of.size(w), w),
    ),
    put: (to, at, w, values) => {
      const most = Math.min(values.length, countOf(n, w));
      for (let i = 0; i < most; i++) {
        of.put(to, at + i * of.size(w), w, values[i] as V);
      }
    },
  };
}

export function bytes(n: number): Ctype<Uint8Array> {
  const window = (v: DataView, at: number) =>
    new Uint8Array(v.buffer, v.byteOffset + at, n);
  return {
    size: () => n,
    align: () => 1,
    get: (from, at) => window(from, at).slice(),
    put: (to, at, _w, value) =>
      window(to, at).set(value.subarray(0, n)),
  };
}

type Members = Record<string, Ctype<unknown>>;
type ValuesOf<M extends Members> = {
  [K in keyof M]: M[K] extends Ctype<infer V> ? V : never;
};

interface Placed {
  readonly at: ReadonlyMap<string, number>;
  readonly size: number;
  readonly align: number;
}

function place(members: Members, w: Width): Placed {
  const at = new Map<string, number>();
  let end = 0;
  let align = 1;
  for (const [name, type] of Object.entries(members)) {
    const need = type.align(w);
    end = Math.ceil(end / need) * need;
    at.set(name, end);
    end += type.size(w);
    align = Math.max(align, need);
  }
  return { at, size: Math.ceil(end / align) * align, align };
}

export interface Struct<V> extends Ctype<V> {
  /** Bytes from the start to member `name`. */
  offset(w: Width, name: keyof V & string): number;
  /** Reads a record out of `from`, starting at `at`. */
  decode(from: Uint8Array, w: Width, at?: number): V;
  /** The bytes of a record; members not given are zero. */
  encode(values: Partial<V>, w: Width): Uint8Array;
}

const view = (b: Uint8Array) =>
  new DataView(b.buffer, b.byteOffset, b.byteLength);

export function struct<M extends Members>(
  members: M,
): Struct<ValuesOf<M>> {
  type V = ValuesOf<M>;
  const cache: Partial<Record<Width, Placed>> = {};
  const placed = (w: Width) => (cache[w] ??= place(members, w));
  const offset = (w: Width, name: string) => {
    const at = placed(w).at.get(name);
    if (at === undefined) throw new Error(`no member ${name}`);
    return at;
  };
  const put = (to: DataView, at: number, w: Width, v: Partial<V>) => {
    for (const [name, type] of Object.entries(members)) {
      if (v[name] === undefined) continue;
      type.put(to, at + offset(w, name), w, v[name]);
    }
  };
  const get = (from: DataView, at: number, w: Width) =>
    Object.fromEntries(Object.entries(members).map(
      ([name, t]) => [name, t.get(from, at + offset(w, name), w)],
    )) as V;
  return {
    size: (w) => placed(w).size,
    align: (w) => placed(w).align,
    offset, get, put,
    decode: (from, w, at = 0) => get(view(from), at, w),
    encode: (values, w) => {
      const out = new Uint8Array(placed(w).size);
      put(view(out), 0, w, values);
      return out;
    },
  };
}
