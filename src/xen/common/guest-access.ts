import { guestToMachine } from '../arch.ts';
import type { Ctype, Struct } from '../public/layout.ts';
import type { Vcpu, Xen } from './xen.ts';

type Piece = (machine: number, done: number, n: number) => void;

function eachPiece(
  xen: Xen, v: Vcpu, at: bigint, n: number, write: boolean,
  piece: Piece,
): void {
  for (let done = 0; done < n;) {
    const machine = guestToMachine(xen, v, at + BigInt(done), write);
    const most = Math.min(n - done, 4096 - machine % 4096);
    piece(machine, done, most);
    done += most;
  }
}

/** A private copy of `n` bytes; throws EFAULT. */
export function copyFromGuest(
  xen: Xen, v: Vcpu, at: bigint, n: number,
): Uint8Array {
  const copy = new Uint8Array(n);
  eachPiece(xen, v, at, n, false, (machine, done, most) =>
    copy.set(xen.phys.readBytes(machine, most), done));
  return copy;
}

/** Writes `bytes`; throws EFAULT, perhaps after some. */
export function copyToGuest(
  xen: Xen, v: Vcpu, at: bigint, bytes: Uint8Array,
): void {
  eachPiece(xen, v, at, bytes.length, true, (machine, done, most) =>
    xen.phys.writeBytes(machine, bytes.subarray(done, done + most)));
}

/** Reads a record in the layout of the caller's width. */
export function readGuest<V>(
  xen: Xen, v: Vcpu, at: bigint, type: Struct<V>,
): V {
  const { width } = v.domain;
  const bytes = copyFromGuest(xen, v, at, type.size(width));
  return type.decode(bytes, width);
}

export function writeGuest<V>(
  xen: Xen, v: Vcpu, at: bigint, type: Struct<V>, value: Partial<V>,
): void {
  copyToGuest(xen, v, at, type.encode(value, v.domain.width));
}

/** Writes one member of the record at `at`. */
export function writeField<V, K extends keyof V & string>(
  xen: Xen, v: Vcpu, at: bigint, type: Struct<V>, name: K,
  of: Ctype<V[K]>, value: V[K],
): void {
  const { width } = v.domain;
  const bytes = new Uint8Array(of.size(width));
  of.put(new DataView(bytes.buffer), 0, width, value);
  copyToGuest(xen, v, at + BigInt(type.offset(width, name)), bytes);
}

/** Element `i` of a guest's array. */
export function readElement<V>(
  xen: Xen, v: Vcpu, at: bigint, i: number, of: Ctype<V>,
): V {
  const { width } = v.domain;
  const size = of.size(width);
  const copy = copyFromGuest(xen, v, at + BigInt(i * size), size);
  return of.get(new DataView(copy.buffer), 0, width);
}

export function writeElement<V>(
  xen: Xen, v: Vcpu, at: bigint, i: number, of: Ctype<V>, value: V,
): void {
  const { width } = v.domain;
  const bytes = new Uint8Array(of.size(width));
  of.put(new DataView(bytes.buffer), 0, width, value);
  copyToGuest(xen, v, at + BigInt(i * bytes.length), bytes);
}
