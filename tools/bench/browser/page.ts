// Passes on between the benchmark (by functions that it puts into the page)
// and the Worker.
import type { Mark, Order, Report } from './protocol.ts';

declare global {
  interface Window {
    /** From outside: takes a sample while the Worker sleeps. */
    benchMark(mark: Mark): Promise<void>;
    /** For outside: runs a guest; what it wrote. */
    benchRun(image: string, command: string): Promise<string>;
  }
}

const bytesAt = async (address: string | URL): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(address)).arrayBuffer());

window.benchRun = async (address, command) => {
  const [image, stock] = await Promise.all([address, new URL('stock', address)].map(bytesAt)) as [Uint8Array, Uint8Array];
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = async ({ data }: MessageEvent<Report>) => {
      if (data.kind === 'end') resolve(data.text);
      else if (data.kind === 'error') reject(new Error(data.message));
      else {
        await window.benchMark(data.mark);
        Atomics.add(gate, 0, 1);
        Atomics.notify(gate, 0);
      }
    };
    worker.postMessage({ image, command, stock, gate } satisfies Order);
  });
};
