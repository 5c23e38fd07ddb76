// v86, from its npm package, with its own defaults. It boots a multiboot
// kernel without a BIOS.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Listener, MARK_PORT, MEMORY, TEXT_PORT } from './engine.ts';

/** The parts of v86 that its declarations don't name; so is the event below. */
interface Inside {
  readonly v86: { readonly cpu: { readonly io: {
    register_write(port: number, device: { name: string }, write: (byte: number) => void): void;
  } } };
}

/** The folder of v86's package and its version. */
function findV86(): { folder: string; version: string } {
  const main = createRequire(import.meta.url).resolve('v86');
  const folder = dirname(dirname(main));
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { folder, version };
}

export const versionOfV86 = (): string => findV86().version.replace(/\+.*/, '');

/** Why v86 can't be used, or undefined. */
export function whyNotV86(): string | undefined {
  try {
    findV86();
    return undefined;
  } catch {
    return 'v86 is not installed (npm ci)';
  }
}

/** Runs a guest until `done` says so; v86 drives itself by timers. */
export async function runV86(
  image: Uint8Array, command: string, listener: Listener, done: () => boolean,
): Promise<void> {
  const { V86 } = await import('v86');
  const buffer = image.buffer.slice(image.byteOffset, image.byteOffset + image.byteLength) as ArrayBuffer;
  const emulator = new V86({
    wasm_path: join(findV86().folder, 'build', 'v86.wasm'),
    memory_size: MEMORY, multiboot: { buffer }, cmdline: command,
    autostart: false, disable_speaker: true,
  });
  await new Promise<void>((ready) => emulator.add_listener('emulator-loaded', () => ready()));
  await new Promise<void>((finished) => {
    const device = { name: 'bench' };
    const { io } = (emulator as unknown as Inside).v86.cpu;
    io.register_write(TEXT_PORT, device, (byte) => listener.letter(byte));
    io.register_write(MARK_PORT, device, () => {
      listener.mark(emulator.get_instruction_counter());
      if (done()) finished();
    });
    emulator.add_listener('cpu-event-halt' as 'emulator-stopped', () => finished());
    void emulator.run();
  });
}
