export const REQUESTS = 1;
export const ANSWERS = 2;

export interface File { name: string; bytes: Uint8Array }

/** What `xl` asks dom0 to create. */
export interface CreateRequest {
  readonly name: string;
  readonly uuid: string;
  readonly memoryMiB: number;
  readonly maxmemMiB: number;
  readonly vcpus: number;
  readonly cmdline: string;
  /** Leave it paused. */
  readonly paused: boolean;
  readonly kernel: File;
  readonly ramdisk?: File;
}

/** What dom0 tells `xl`. */
export type Answer =
  | { readonly event: 'created'; name: string; domid: number }
  | { readonly event: 'failed'; name: string; reason: string }
  | { readonly event: 'ended'; domid: number; reason: number };

const utf8 = new TextEncoder();

export function encodeRequest(request: CreateRequest): Uint8Array {
  const { kernel, ramdisk, ...plain } = request;
  const files = ramdisk ? [kernel, ramdisk] : [kernel];
  const names = files.map(f => [f.name, f.bytes.length]);
  const head = utf8.encode(JSON.stringify({ ...plain, files: names }));
  const body = files.reduce((sum, f) => sum + f.bytes.length, 0);
  const all = new Uint8Array(8 + head.length + body);
  const view = new DataView(all.buffer);
  view.setUint32(0, head.length, true);
  view.setUint32(4, body, true);
  all.set(head, 8);
  let at = 8 + head.length;
  for (const { bytes } of files) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}

/** The first request in `mail` and its length, if complete. */
export function decodeRequest(
  mail: Uint8Array,
): { request: CreateRequest; length: number } | undefined {
  if (mail.length < 8) return undefined;
  const view = new DataView(mail.buffer, mail.byteOffset);
  const head = 8 + view.getUint32(0, true);
  const length = head + view.getUint32(4, true);
  if (mail.length < length) return undefined;
  const text = new TextDecoder().decode(mail.subarray(8, head));
  const { files, ...plain } = JSON.parse(text) as
    Omit<CreateRequest, 'kernel' | 'ramdisk'>
    & { files: [string, number][] };
  let at = head;
  const [kernel, ramdisk] = files.map(([name, size]) => {
    at += size;
    return { name, bytes: mail.subarray(at - size, at) };
  });
  const request = {
    ...plain, kernel: kernel!, ...(ramdisk ? { ramdisk } : {}),
  };
  return { request, length };
}
