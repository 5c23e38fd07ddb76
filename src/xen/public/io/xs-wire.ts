import type { ByteRing } from './byte-ring.ts';

/** enum xsd_sockmsg_type. */
export const XS = {
  CONTROL: 0, DIRECTORY: 1, READ: 2, GET_PERMS: 3, WATCH: 4,
  UNWATCH: 5, TRANSACTION_START: 6, TRANSACTION_END: 7,
  INTRODUCE: 8, RELEASE: 9, GET_DOMAIN_PATH: 10, WRITE: 11,
  MKDIR: 12, RM: 13, SET_PERMS: 14, WATCH_EVENT: 15, ERROR: 16,
  IS_DOMAIN_INTRODUCED: 17, RESUME: 18, SET_TARGET: 19,
  RESET_WATCHES: 21, DIRECTORY_PART: 22,
} as const;

export const HEADER = 16;
export const PAYLOAD_MAX = 4096;

/** struct xsd_sockmsg and what follows it. */
export interface Message {
  readonly type: number;
  readonly req: number;
  readonly tx: number;
  /** One byte to a character. */
  readonly payload: string;
}

export function encode(message: Message): Uint8Array {
  const { type, req, tx, payload } = message;
  const bytes = new Uint8Array(HEADER + payload.length);
  const view = new DataView(bytes.buffer);
  [type, req, tx, payload.length].forEach((word, i) =>
    view.setUint32(4 * i, word, true));
  for (let i = 0; i < payload.length; i++) {
    bytes[HEADER + i] = payload.charCodeAt(i);
  }
  return bytes;
}

/** The first message in `bytes`, if it is there in full. */
export function decode(
  bytes: Uint8Array,
): Message | 'incomplete' | 'broken' {
  if (bytes.length < HEADER) return 'incomplete';
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const word = (i: number): number => view.getUint32(4 * i, true);
  const length = word(3);
  if (length > PAYLOAD_MAX) return 'broken';
  if (bytes.length < HEADER + length) return 'incomplete';
  let payload = '';
  for (let i = 0; i < length; i++) {
    payload += String.fromCharCode(bytes[HEADER + i]!);
  }
  return { type: word(0), req: word(1), tx: word(2), payload };
}

// struct xenstore_domain_interface.
export const requestRing = (page: number): ByteRing =>
  ({ data: page, size: 1024, cons: page + 2048, prod: page + 2052 });
export const answerRing = (page: number): ByteRing => ({
  data: page + 1024, size: 1024, cons: page + 2056, prod: page + 2060,
});
export const FEATURES = 2064;
export const CONNECTION = 2068;
export const ERROR = 2072;
/** Values of the error word. */
export const RING_LIES = 2;
export const BAD_MESSAGE = 3;
