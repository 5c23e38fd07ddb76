import { ImageError, parseElf } from '../dom0/builder/elf.ts';
import { BadImage, load, multibootHeader } from '../x86/pc/image.ts';
import { hostRig } from './host.ts';
import { assembleListed, pcRig } from './pc.ts';
import type { Rig } from './rig.ts';
import type { DroppedImage } from './view.ts';

const ORIGIN = 0x8000;
const MEMORY_MIB = 64;
const MOST_MIB = 1024;

/** A machine for an image that somebody brings. Throws BadImage. */
export function droppedRig(image: DroppedImage): Rig {
  const { memoryMiB = MEMORY_MIB } = image;
  const fits = Number.isInteger(memoryMiB) && memoryMiB >= 4
    && memoryMiB <= MOST_MIB;
  if (!fits) {
    throw new BadImage(`${memoryMiB} MiB of memory cannot be had; `
      + `from 4 to ${MOST_MIB} can`);
  }
  const { on = placeOf(image.bytes) } = image;
  return on === 'pc' ? droppedPc(image, memoryMiB)
    : hostRig({ ...image, memoryMiB, image: image.bytes,
      translated: true });
}

/** Where an image wants to run, as far as it says so. */
function placeOf(bytes: Uint8Array): 'pc' | 'host' {
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic !== '\x7fELF') return 'pc';
  return multibootHeader(bytes) < 0 || isForXen(bytes) ? 'host' : 'pc';
}

function isForXen(bytes: Uint8Array): boolean {
  try {
    const { notes, guestSection } = parseElf(bytes);
    return notes.size > 0 || guestSection !== undefined;
  } catch (error) {
    if (error instanceof ImageError) return false;
    throw error;
  }
}

/** Assembler by its name; all else by what it is. */
function droppedPc(image: DroppedImage, memoryMiB: number): Rig {
  const { name, bytes, cmdline: command = '' } = image;
  const source = /\.(asm|s)$/i.test(name);
  const program = source ? assembleDropped(bytes) : undefined;
  return pcRig({
    memoryMiB, translated: true,
    load: (pc) => load(pc, program?.bytes ?? bytes, {
      at: program ? ORIGIN : undefined,
      real: false, rom: false, command,
    }),
    ...(program ? { listing: program.listing } : {}),
  });
}

function assembleDropped(bytes: Uint8Array) {
  try {
    return assembleListed(new TextDecoder().decode(bytes), ORIGIN);
  } catch (error) {
    throw new BadImage(`cannot be assembled: ${
      error instanceof Error ? error.message : String(error)}`);
  }
}
