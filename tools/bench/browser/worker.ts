// Runs a guest on our machine in a Worker.
import { beginWith } from '../../../src/x86/fast/fast.ts';
import { unpack } from '../../../src/x86/fast/stock.ts';
import { startOurs } from '../engines/ours.ts';
import type { Order, Report } from './protocol.ts';

/** Between two turns, messages are let in, as a page would need it. */
const channel = new MessageChannel();
const breath = (): Promise<void> => new Promise((resolve) => {
  channel.port1.onmessage = () => resolve();
  channel.port2.postMessage(0);
});

const report = (message: Report): void => postMessage(message);

async function run({ image, command, stock, gate }: Order): Promise<void> {
  beginWith(unpack(stock));
  let text = '', marks = 0;
  const machine = startOurs(image, command, {
    letter: (byte) => { text += String.fromCharCode(byte); },
    mark: (retired) => {
      report({ kind: 'mark', mark: { wall: performance.now(), retired } });
      Atomics.wait(gate, 0, marks++);
    },
  });
  while (machine.turn()) await breath();
  report({ kind: 'end', text });
}

onmessage = ({ data }: MessageEvent<Order>) => {
  run(data).catch((error: unknown) => report({ kind: 'error', message: String(error) }));
};
