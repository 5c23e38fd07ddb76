import type { Rewindable } from '../../machine/replay.ts';
import type { Pc, SavedPc } from './board.ts';

/** What comes into a PC from outside. */
export interface PcInput {
  /** Bytes over the serial line. */
  readonly serial?: readonly number[];
  /** Letters typed on the keyboard. */
  readonly keys?: string;
}

/** A PC as a machine that can be recorded and rewound. */
export class PcMachine implements Rewindable<SavedPc, PcInput> {
  constructor(readonly pc: Pc) {}

  now(): number { return this.pc.cpu.retired; }
  save(): SavedPc { return this.pc.save(); }
  restore(saved: SavedPc): void { this.pc.restore(saved); }
  runTo(n: number): boolean { return this.pc.run(n) === 'limit'; }

  input({ serial = [], keys = '' }: PcInput): void {
    for (const byte of serial) this.pc.serial.receive(byte);
    this.pc.keyboard.type(keys);
  }
}
