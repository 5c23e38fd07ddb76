import type { Kernel } from '../../xen/public/kernel.ts';
import { HYPERVISOR, hypercallName, DOMID }
  from '../../xen/public/xen.ts';
import { encodeDomctl } from '../../xen/public/domctl.ts';
import * as memory from '../../xen/public/memory.ts';

/** Parts of domain 0's address space that the builder may use. */
export interface Bench {
  k: Kernel;
  /** 64 KiB of its own memory, for arguments. */
  scratch: number;
  /** Addresses without memory, this many frames of them. */
  window: number;
  windowFrames: number;
}

/** A hypercall said no. */
export class CallError extends Error {
  constructor(what: string, readonly errno: number) {
    super(`${what} failed: error ${errno}`);
  }
}

/** Call, and take no for an exception. */
export function call(
  bench: Bench, nr: number, ...args: bigint[]): number {
  const result = Number(bench.k.hypercall(nr, ...args));
  if (result < 0) {
    throw new CallError(`${hypercallName(nr)} ${args[0]}`, result);
  }
  return result;
}

/** A domain-control call; the record as the hypervisor left it. */
export function domctl(bench: Bench, cmd: number, domid: number,
  u?: Uint8Array): Uint8Array {
  const record = encodeDomctl(cmd, domid, u);
  bench.k.writeBytes(bench.scratch, record);
  call(bench, HYPERVISOR.domctl, BigInt(bench.scratch));
  return bench.k.readBytes(bench.scratch, record.length);
}

const batch = 1024;

/** Give a domain its frames 0 to `total`; their machine frames. */
export function populate(
  bench: Bench, domid: number, total: number): number[] {
  const mfns: number[] = [];
  const list = bench.scratch + 4096;
  while (mfns.length < total) {
    const count = Math.min(batch, total - mfns.length);
    for (let i = 0; i < count; i++) {
      bench.k.write64(list + i * 8, BigInt(mfns.length + i));
    }
    bench.k.writeBytes(bench.scratch,
      memory.MemoryReservation.encode({ extent_start: BigInt(list),
        nr_extents: BigInt(count), domid }, 8));
    const done = call(bench, HYPERVISOR.memory_op,
      BigInt(memory.XENMEM.populate_physmap), BigInt(bench.scratch));
    for (let i = 0; i < done; i++) {
      mfns.push(Number(bench.k.read64(list + i * 8)));
    }
    if (done < count) throw new CallError('populate_physmap', -12);
  }
  return mfns;
}

/** Write bytes into a foreign domain's frames, window by window. */
export function writeFrames(bench: Bench, domid: number,
  mfns: number[], offset: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    const from = offset + at;
    const first = Math.floor(from / 4096);
    const frames = mfns.slice(first, first + bench.windowFrames);
    const within = from % 4096;
    const size = Math.min(
      bytes.length - at, frames.length * 4096 - within);
    const used = frames.slice(0, Math.ceil((within + size) / 4096));
    mapForeign(bench, domid, used);
    bench.k.writeBytes(
      bench.window + within, bytes.subarray(at, at + size));
    unmap(bench, used.length);
    at += size;
  }
}

function mapForeign(
  bench: Bench, domid: number, mfns: number[]): void {
  const [idxs, gpfns, errs] =
    [4096, 8192, 12288].map((at) => bench.scratch + at);
  mfns.forEach((mfn, i) => {
    bench.k.write64(idxs! + i * 8, BigInt(mfn));
    bench.k.write64(gpfns! + i * 8, BigInt(bench.window / 4096 + i));
  });
  bench.k.writeBytes(bench.scratch, memory.AddToPhysmapBatch.encode({
    domid: DOMID.SELF, space: memory.XENMAPSPACE.gmfn_foreign,
    size: mfns.length, u: domid, idxs: BigInt(idxs!),
    gpfns: BigInt(gpfns!), errs: BigInt(errs!),
  }, 8));
  call(bench, HYPERVISOR.memory_op,
    BigInt(memory.XENMEM.add_to_physmap_batch), BigInt(bench.scratch));
}

function unmap(bench: Bench, frames: number): void {
  for (let i = 0; i < frames; i++) {
    const gpfn = BigInt(bench.window / 4096 + i);
    bench.k.writeBytes(bench.scratch, memory.RemoveFromPhysmap.encode(
      { domid: DOMID.SELF, gpfn }, 8));
    call(bench, HYPERVISOR.memory_op,
      BigInt(memory.XENMEM.remove_from_physmap),
      BigInt(bench.scratch));
  }
}
