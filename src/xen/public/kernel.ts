/** All that the kernel of a TypeScript domain can reach. */
export interface Kernel {
  /** Pointers among the arguments are guest-physical. */
  hypercall(nr: number, ...args: bigint[]): bigint;
  read8(gpa: number): number;
  read16(gpa: number): number;
  read32(gpa: number): number;
  read64(gpa: number): bigint;
  readBytes(gpa: number, n: number): Uint8Array;
  write8(gpa: number, value: number): void;
  write16(gpa: number, value: number): void;
  write32(gpa: number, value: number): void;
  write64(gpa: number, value: bigint): void;
  writeBytes(gpa: number, bytes: Uint8Array): void;
  /** What came in on a channel; an empty array is its end. */
  hostRead(channel: number): Uint8Array | undefined;
  hostWrite(channel: number, bytes: Uint8Array): void;
}

/** A kernel: its first state, and one step. */
export interface Program<S> {
  init(k: Kernel): S;
  /** One task, run to its end. False: there was none; sleep. */
  dispatch(k: Kernel, state: S): boolean;
}
