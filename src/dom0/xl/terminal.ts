import fs from 'node:fs';
import process from 'node:process';

/** Writes all bytes to a descriptor; waits where it must. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += fs.writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') process.exit(141);
      if (code !== 'EAGAIN') throw error;
      pause();
    }
  }
}

/** Two milliseconds, for a pipe that is full or empty. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
}

export function say(line: string): void {
  writeAll(2, new TextEncoder().encode(`${line}\n`));
}

const CR = 13;
const LF = 10;

/** Drops the carriage returns that stand beside newlines. */
export function plainLines(): (bytes: Uint8Array) => Uint8Array {
  let last = 0;
  return bytes => {
    const out: number[] = [];
    for (const byte of bytes) {
      if (last === CR && byte !== LF) out.push(CR);
      if (byte !== CR) out.push(byte);
      const goes = byte === CR && last === LF;
      last = goes ? LF : byte;
    }
    return Uint8Array.from(out);
  };
}

const LEAVE = 0x1d; // Ctrl-]

export interface Terminal {
  /** More input may come. */
  readonly live: boolean;
  /** Ctrl-] was typed. */
  left: boolean;
  /** Bytes typed since the last look. */
  take(): Uint8Array;
  /** Resolves when there is something new. */
  change(): Promise<void>;
  close(): void;
}

/** All of standard input; waits where it must. */
function readAll(): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (;;) {
    const piece = new Uint8Array(65_536);
    try {
      const count = fs.readSync(0, piece);
      if (count === 0) break;
      pieces.push(piece.subarray(0, count));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') break;
      if (code !== 'EAGAIN') throw error;
      pause();
    }
  }
  return new Uint8Array(Buffer.concat(pieces));
}


function piped(): Terminal {
  let bytes = readAll();
  return {
    live: false, left: false,
    take: () => {
      const all = bytes;
      bytes = new Uint8Array(0);
      return all;
    },
    change: () => Promise.resolve(),
    close: () => undefined,
  };
}

function typed(): Terminal {
  const { stdin } = process;
  let keys: number[] = [];
  let wake = (): void => undefined;
  const restore = (): void => void stdin.setRawMode(false);
  const onData = (chunk: Buffer): void => {
    const end = chunk.indexOf(LEAVE);
    if (end >= 0) terminal.left = true;
    keys.push(...(end >= 0 ? chunk.subarray(0, end) : chunk));
    wake();
  };
  const terminal: Terminal = {
    live: true, left: false,
    take: () => {
      const all = Uint8Array.from(keys);
      keys = [];
      return all;
    },
    change: () => new Promise(resolve => { wake = resolve; }),
    close: () => {
      stdin.off('data', onData).pause();
      restore();
    },
  };
  stdin.setRawMode(true);
  process.on('exit', restore);
  stdin.on('data', onData).on('end', () => { terminal.left = true; });
  return terminal;
}

export function openTerminal(console: boolean): Terminal {
  if (console) return process.stdin.isTTY ? typed() : piped();
  return {
    live: false, left: false, take: () => new Uint8Array(0),
    change: () => Promise.resolve(), close: () => undefined,
  };
}
