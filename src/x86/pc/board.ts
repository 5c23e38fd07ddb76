import { Clock } from '../../machine/clock.ts';
import { type Data, dataOf, putBack } from '../../machine/data.ts';
import { Keyboard } from '../../machine/devices/keyboard.ts';
import { PicPair } from '../../machine/devices/pic.ts';
import { Pit } from '../../machine/devices/pit.ts';
import { Rtc } from '../../machine/devices/rtc.ts';
import { Screen } from '../../machine/devices/screen.ts';
import { Serial } from '../../machine/devices/serial.ts';
import { hashOf } from '../../machine/hash.ts';
import type { Pages } from '../../machine/pages.ts';
import { Phys, type Width } from '../../machine/phys.ts';
import { Ports } from '../../machine/ports.ts';
import { Cpu, type SavedCpu } from '../cpu.ts';
import { IF } from '../flags.ts';
import { EFLAGS, IGNNE } from '../state.ts';
import type { SavedTlb } from '../tlb.ts';
import { sharedPhys, translate } from '../fast/fast.ts';
import { Bridge } from './bridge.ts';

/** Lets byte-wide registers answer a range of ports. */
export function bytePorts(
  ports: Ports, from: number, to: number,
  read: (port: number) => number,
  write: (port: number, byte: number) => void,
): void {
  ports.register({
    from, to,
    in: (port, bits) => bits === 8 ? read(port) & 0xff
      : spread(bits).reduce((all, n) =>
        all + ports.in(port + n, 8) * 256 ** n, 0),
    out: (port, bits, value) => bits === 8 ? write(port, value & 0xff)
      : spread(bits).forEach((n) =>
        ports.out(port + n, 8, value >>> 8 * n)),
  });
}

const spread = (bits: Width): number[] =>
  bits === 32 ? [0, 1, 2, 3] : [0, 1];

/** What a PC is made with. */
export interface Outside {
  /** Bytes of RAM: a multiple of 4096, at least 1 MiB. */
  readonly memory: number;
  /** A byte sent by the serial port. */
  readonly serial: (byte: number) => void;
  /** A byte written to a port that somebody listens to. */
  readonly ports: ReadonlyMap<number, (byte: number) => void>;
  /** Whether code is translated; else the reference runs it. */
  readonly translated?: boolean;
}

/** When the machine is switched on: 5 December 2005, the day of
 * Xen 3.0, so that runs can be compared. In seconds. */
const SWITCHED_ON = Date.UTC(2005, 11, 5) / 1000;

/** A PC: processor, storage, and the chips around. */
export class Pc {
  readonly phys: Phys;
  readonly ports = new Ports();
  readonly cpu: Cpu;
  readonly clock: Clock;
  readonly pics = new PicPair(() => this.signal());
  readonly pit: Pit;
  readonly rtc: Rtc;
  readonly serial: Serial;
  readonly screen: Screen;
  readonly keyboard: Keyboard;
  readonly bridge: Bridge;
  /** Something asked for a reset of the processor. */
  private resetting = false;

  constructor(readonly outside: Outside) {
    this.phys = outside.translated
      ? sharedPhys(outside.memory) : new Phys(outside.memory);
    this.bridge = new Bridge(this.phys);
    this.cpu = new Cpu(this.phys, this.ports);
    if (outside.translated) translate(this.cpu);
    this.clock = new Clock(() => this.cpu.time());
    const irq = (n: number) => (level: boolean): void =>
      this.pics.setLine(n, level);
    this.pit = new Pit(this.clock, irq(0));
    this.keyboard = new Keyboard(
      irq(1), (on) => this.setA20(on), () => this.askReset());
    this.serial = new Serial(outside.serial, irq(4));
    this.rtc = new Rtc(this.clock, SWITCHED_ON, irq(8));
    this.screen = new Screen(this.clock);
    for (const timed of [this.pit, this.rtc]) this.clock.add(timed);
    this.connect();
    this.cpu.numericError = (): void => this.pics.setLine(13, true);
    bytePorts(this.ports, 0xf0, 0xf1, () => 0xff,
      (port) => this.ignoreNumeric(port));
    const above = outside.memory / 1024 - 1024;
    const blocks = Math.max(0, (outside.memory - 0x100_0000) >>> 16);
    const kilobytes = Math.min(above, 0xfc00);
    const words = [[0x15, 640], [0x17, kilobytes], [0x30, kilobytes],
      [0x34, blocks]] as const;
    for (const [at, value] of words) {
      this.rtc.cmos[at] = value;
      this.rtc.cmos[at + 1] = value >>> 8;
    }
  }

  private connect(): void {
    const at = (
      from: number, to: number, chip: {
        read(port: number): number; write(port: number, b: number): void;
      },
    ): void => bytePorts(this.ports, from, to,
      (port) => chip.read(port - from),
      (port, byte) => {
        chip.write(port - from, byte);
        this.settle();
      });
    at(0x20, 0x21, this.pics.first);
    at(0x40, 0x43, this.pit);
    at(0x60, 0x60, this.keyboard);
    at(0x64, 0x64, {
      read: () => this.keyboard.read(4),
      write: (_port, byte) => this.keyboard.write(4, byte),
    });
    at(0x70, 0x71, this.rtc);
    at(0xa0, 0xa1, this.pics.second);
    at(0x3f8, 0x3ff, this.serial);
    this.phys.map(this.screen.region());
    bytePorts(this.ports, 0x61, 0x61, () => this.speaker(),
      (_port, byte) => this.setSpeaker(byte));
    bytePorts(this.ports, 0x92, 0x92,
      () => this.cpu.memory.mmu.a20 ? 2 : 0, (_port, byte) => {
        this.setA20((byte & 2) !== 0);
        if ((byte & 1) !== 0) this.askReset();
      });
    bytePorts(this.ports, 0x3c0, 0x3df,
      (port) => this.screen.in(port),
      (port, byte) => this.screen.out(port, byte));
    this.connectPci();
    for (const [port, heard] of this.outside.ports) {
      bytePorts(this.ports, port, port,
        () => port === 0xe9 ? 0xe9 : 0xff, (_port, byte) => heard(byte));
    }
  }

  /** After a program has changed something. */
  private settle(): void {
    this.pics.settle();
    this.cpu.stop();
  }

  /** Port F0: the numeric error was seen, go on (IGNNE#). Port F1
   * once reset the coprocessor. */
  private ignoreNumeric(port: number): void {
    this.pics.setLine(13, false);
    if (port === 0xf0) this.cpu.state.set(IGNNE, 1);
    this.settle();
  }

  private speakerBits = 0;

  private speaker(): number {
    const refresh = Math.floor(this.clock.now() / 576) & 1;
    const out = this.pit.out(2) ? 0x20 : 0;
    return this.speakerBits | refresh << 4 | out;
  }

  private setSpeaker(byte: number): void {
    this.speakerBits = byte & 0x0f;
    this.pit.setGate(2, (byte & 1) !== 0);
  }

  private pciAddress = 0;

  private connectPci(): void {
    this.ports.register({
      from: 0xcf8, to: 0xcfb,
      in: (_port, bits) => bits === 32 ? this.pciAddress : 0xff,
      out: (port, bits, value) => {
        if (bits === 32) this.pciAddress = (value & 0x80ff_fffc) >>> 0;
        else if (port === 0xcf9 && (value & 4) !== 0) this.askReset();
      },
    });
    const named = (port: number): number | undefined => {
      const register = this.pciAddress & 0xfc | port & 3;
      const ours = (this.pciAddress & 0xffff_ff00) >>> 0 === 0x8000_0000;
      return ours ? register : undefined;
    };
    bytePorts(this.ports, 0xcfc, 0xcff,
      (port) => this.bridge.read(named(port)),
      (port, byte) => this.bridge.write(named(port), byte));
  }

  private signal(): void {
    this.cpu.interrupts = this.pics;
    if (this.pics.pending()) this.cpu.events |= 1;
  }

  private askReset(): void {
    this.resetting = true;
    this.cpu.stop();
  }

  /** Runs until something ends it, or `limit` instructions retire. */
  run(limit = Infinity): Ending {
    const ending = this.runOn(limit);
    this.clock.elapse();
    return ending;
  }

  private runOn(limit: number): Ending {
    for (;;) {
      this.clock.elapse();
      if (this.cpu.retired >= limit) return 'limit';
      const why = this.cpu.run(Math.min(limit, this.horizon()));
      if (this.resetting) return 'reset';
      if (why === 'shutdown') return 'shutdown';
      if (why === 'halted' && !this.skipAhead()) return 'halted';
    }
  }

  /** The count of instructions at which a device is due. */
  private horizon(): number {
    return this.clock.due() - this.cpu.charged;
  }

  /** Idle: lets time jump to what wakes the processor, if anything
   * does by itself. */
  private skipAhead(): boolean {
    const interruptible = (this.cpu.get(EFLAGS) & IF) !== 0;
    const due = interruptible ? this.alarm() : Infinity;
    if (due === Infinity) return false;
    this.cpu.charge(Math.max(0, Math.ceil(due) - this.cpu.time()));
    return true;
  }

  /** When a device is due whose interrupt is let through. */
  private alarm(): number {
    const { pics, pit, rtc } = this;
    return Math.min(pics.admits(0) ? pit.due() : Infinity,
      pics.admits(8) ? rtc.due() : Infinity);
  }

  private setA20(on: boolean): void {
    const { mmu } = this.cpu.memory;
    if (mmu.a20 !== on) mmu.tlb.flush();
    mmu.a20 = on;
  }

  private chips(): object[] {
    return [this.pics.first, this.pics.second, this.pit, this.rtc,
      this.serial, this.screen, this.keyboard, this.bridge];
  }

  private lastChips: readonly Data[] = [];

  /** The whole machine, between two calls of `run`. */
  save(): SavedPc {
    const { cpu, phys, resetting, speakerBits, pciAddress } = this;
    const { a20, tlb } = cpu.memory.mmu;
    this.lastChips = this.chips().map((chip, n) =>
      dataOf(chip, isWire, this.lastChips[n]));
    return {
      cpu: cpu.save(), tlb: tlb.save(), ram: phys.save(),
      chips: this.lastChips,
      board: { a20, resetting, speakerBits, pciAddress },
    };
  }

  /** The other way, for a board of the same kind with the same ROMs. */
  restore({ cpu, tlb, ram, chips, board }: SavedPc): void {
    this.phys.restore(ram);
    this.cpu.restore(cpu);
    this.cpu.memory.mmu.tlb.restore(tlb);
    this.cpu.memory.mmu.a20 = board.a20;
    this.cpu.interrupts = this.pics;
    this.chips().forEach((chip, n) => putBack(chip, chips[n] ?? {}));
    this.resetting = board.resetting;
    this.speakerBits = board.speakerBits;
    this.pciAddress = board.pciAddress;
    this.lastChips = chips;
  }
}

/** Why a PC stopped. */
export type Ending = 'limit' | 'halted' | 'shutdown' | 'reset';

/** What leads from one chip to another, and is no chip's state. */
const isWire = (value: unknown): boolean =>
  value instanceof Clock || value instanceof Phys;

export interface SavedPc {
  readonly cpu: SavedCpu;
  readonly tlb: SavedTlb;
  readonly ram: Pages;
  readonly chips: readonly Data[];
  readonly board: {
    readonly a20: boolean;
    readonly resetting: boolean;
    readonly speakerBits: number;
    readonly pciAddress: number;
  };
}

/** A hash of a machine's state. The TLB is left out: what it forgot
 * it finds again. */
export function pcHash(pc: Pc): string {
  const { cpu, ram, chips, board } = pc.save();
  return hashOf([cpu, ram, chips, board]);
}
