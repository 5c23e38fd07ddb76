// Our machine. Which tiers its processor uses is said here and nowhere else
// in the benchmark. Runs in Node and in a browser's Worker.
import { Pc } from '../../../src/x86/pc/board.ts';
import { load } from '../../../src/x86/pc/image.ts';
import { type Listener, MARK_PORT, MEMORY, type Running, TEXT_PORT } from './engine.ts';

/** Instructions between two returns to the caller. */
const PORTION = 2_000_000;

/** A PC with a multiboot kernel in it, about to run. */
export function startOurs(image: Uint8Array, command: string, listener: Listener): Running {
  const pc = new Pc({
    memory: MEMORY, translated: true, serial: () => {},
    ports: new Map<number, (byte: number) => void>([
      [TEXT_PORT, (byte) => listener.letter(byte)],
      [MARK_PORT, () => listener.mark(pc.cpu.retired)],
    ]),
  });
  load(pc, image, { at: undefined, real: false, rom: false, command });
  return { turn: () => pc.run(pc.cpu.retired + PORTION) === 'limit' };
}
