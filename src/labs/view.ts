/** All of this is plain data: it can be sent to another thread and
 * written as JSON. Addresses and register values are unsigned; a
 * count is a number of retired instructions, in the whole run. */

/** Why a bench stands where it stands. */
export type Stop =
  | 'opened' // nothing was asked of it yet
  | 'asked' // it has done what it was asked to do
  | 'breakpoint'
  | 'event' // the next trap or hypercall, which is about to happen
  | 'halted' // nothing but input can make it go on
  | 'shutdown' // a triple fault, or a reset
  | 'ended'; // no guest is left

export interface WhereView {
  readonly now: number;
  /** Where the run begins; nothing is before. */
  readonly start: number;
  /** As far as the run has come: what is beyond `now` is known. */
  readonly end: number;
  /** Where snapshots are. */
  readonly places: readonly number[];
  readonly state: 'running' | 'stopped' | 'waiting' | 'ended';
  readonly stop: Stop;
  /** The same as a sentence. */
  readonly why: string;
  /** Virtual time: with what was charged beside instructions. */
  readonly time: number;
}

/** A function of the program, for links into the book. */
export interface SymbolView {
  readonly symbol: string;
  readonly file: string;
}

/** What came of a trap or hypercall. */
export type Outcome =
  | 'granted' // a hypercall did what was asked
  | 'refused' // a hypercall came back with an error
  | 'handled' // the hypervisor dealt with a trap for the guest
  | 'delivered' // the handler that the guest installed got it
  | 'fatal'; // it was the end of the guest, or of the machine

export interface EventView {
  /** Counts from 0, over all events of the run. */
  readonly n: number;
  /** The moment before it: the instruction that causes it is the
   * current one. */
  readonly at: number;
  /** The moment at which the hypervisor takes it up; `at`, where
   * there is none. */
  readonly handled: number;
  readonly kind: 'fault' | 'trap' | 'interrupt' | 'hypercall';
  /** '#PF', 'int 0x80', 'IRQ 0', 'mmu_update'… */
  readonly name: string;
  readonly vector: number;
  /** Where: linear address of the instruction, and its ring. */
  readonly from: number;
  readonly ring: number;
  /** On a host: which domain. */
  readonly domain?: number;
  /** Names and values; an error code, or arguments. */
  readonly args: readonly (readonly [name: string, value: string])[];
  /** What came back, in words: '0', '-EINVAL', 'emulated'… */
  readonly result: string;
  readonly outcome: Outcome;
  /** Who got what it wanted. */
  readonly favour: 'guest' | 'hypervisor' | 'machine';
  /** The function of the book that handles it. */
  readonly handler?: SymbolView;
  /** It lies before `now`. */
  readonly past: boolean;
}

/** What one can ask of a bench. */
export type BenchCommand =
  | { readonly do: 'step'; readonly n: number }
  | { readonly do: 'run' } // until something stops it
  | { readonly do: 'run to event' }
  | { readonly do: 'run to'; readonly at: number }
  | { readonly do: 'back'; readonly n: number }
  | { readonly do: 'back to event' }
  | { readonly do: 'seek'; readonly at: number }
  | { readonly do: 'moment' } // where the lab opens
  | { readonly do: 'stop' }
  | {
    readonly do: 'breakpoint';
    readonly address: number; // linear
    readonly on: boolean;
  }
  | { readonly do: 'input'; readonly bytes: readonly number[] }
  | {
    readonly do: 'look';
    readonly memory?: number;
    readonly walk?: number;
    /** First address of the disassembly; null: follow EIP. */
    readonly code?: number | null;
  };

export interface RegisterView {
  readonly name: string;
  readonly value: number;
  /** It was another one at the stop before. */
  readonly changed: boolean;
}

/** A flag, or a field of two bits (IOPL). */
export interface FlagView extends RegisterView {
  /** The lowest of its bits. */
  readonly bit: number;
}

export interface SegmentView {
  readonly name: string;
  readonly selector: number;
  readonly base: number;
  /** Offset of the last valid byte. */
  readonly limit: number;
  readonly dpl: number;
  readonly present: boolean;
  /** In words: 'code, 32 bits', 'data, read only', 'unusable'… */
  readonly kind: string;
  readonly changed: boolean;
}

export type Lives = 'hypervisor' | 'kernel' | 'user' | 'nobody';

export interface RingView {
  readonly ring: 0 | 1 | 2 | 3;
  readonly lives: Lives;
  /** Who that is: 'Xen', 'kernel of domain 1'… */
  readonly who: string;
  /** The processor is in it now. */
  readonly here: boolean;
}

export interface PrivilegeView {
  readonly cpl: number;
  readonly mode: 'real' | 'protected' | 'virtual-8086';
  readonly rings: readonly RingView[];
  /** On a host: whose turn it is. */
  readonly domain?: number;
}

export interface CodeLine {
  /** Linear address. */
  readonly address: number;
  readonly bytes: readonly number[];
  /** Intel's syntax. */
  readonly text: string;
  readonly current: boolean;
  readonly breakpoint: boolean;
  /** The label that stands here, if the program's are known. */
  readonly label?: string;
  /** Line in the program's source, from 1. */
  readonly line?: number;
}

export interface MemoryView {
  /** Linear address of the first byte. */
  readonly address: number;
  /** Null: nothing is mapped there. */
  readonly bytes: readonly (number | null)[];
  /** The places (in `bytes`) that the last command changed. */
  readonly changed: readonly number[];
}

/** What the hypervisor knows of a machine frame. */
export interface FrameView {
  readonly mfn: number;
  /** A domain's number; null: nobody's, or Xen's. */
  readonly owner: number | null;
  /** 'none', 'l1', 'l2', 'l3', 'writable'… */
  readonly type: string;
  readonly typeCount: number;
  readonly refs: number;
}

/** A piece of the address that is looked up. */
export interface AddressPart {
  readonly name: string;
  /** Its highest and lowest bit. */
  readonly high: number;
  readonly low: number;
  readonly value: number;
}

/** One entry on the way. */
export interface WalkStep {
  readonly level: 1 | 2 | 3;
  /** 'page-directory pointer', 'page directory', 'page table'. */
  readonly name: string;
  readonly index: number;
  /** Physical address of the entry; null: it is in the processor. */
  readonly at: number | null;
  /** Bits 0–31 and 32–63. */
  readonly low: number;
  readonly high: number;
  readonly present: boolean;
  readonly writable: boolean;
  readonly user: boolean;
  readonly accessed: boolean;
  readonly dirty: boolean;
  readonly large: boolean;
  readonly global: boolean;
  /** Where it points. */
  readonly target: number;
  /** On a host: the table in which it stands. */
  readonly table?: FrameView;
}

export interface AccessView {
  readonly who: 'system' | 'user';
  readonly write: boolean;
  /** Error code of the page fault; null: it may. */
  readonly fault: number | null;
  /** The TLB holds what this access needs. */
  readonly tlb: boolean;
}

export interface WalkView {
  readonly address: number;
  readonly paging: 'off' | 'two levels' | 'three levels';
  readonly parts: readonly AddressPart[];
  readonly steps: readonly WalkStep[];
  /** Physical address of the page; null: the way ends before. */
  readonly page: number | null;
  readonly size: number;
  /** Physical address of the byte; null as before. */
  readonly physical: number | null;
  /** Where the way ends before its page, in words. */
  readonly broken: string | null;
  /** What happens to each kind of access. */
  readonly accesses: readonly AccessView[];
  /** What the TLB holds for it, in words; null: nothing. For data,
   * and for instructions. */
  readonly tlb: {
    readonly data: string | null;
    readonly code: string | null;
  };
  readonly frame?: FrameView;
}

export interface EventsView {
  readonly total: number;
  /** A window around `now`, in order. */
  readonly shown: readonly EventView[];
}

export interface CounterView {
  /** 'instructions', 'TLB misses', 'hypercall mmu_update'… */
  readonly name: string;
  readonly value: number;
}

/** A register of the x87 stack. */
export interface StackView {
  /** 'st0' is the one on top. */
  readonly name: string;
  /** Which of the chip's eight that is. */
  readonly place: number;
  readonly tag: 'valid' | 'zero' | 'special' | 'empty';
  /** 20 hex digits: sign and exponent, then the significand. */
  readonly bits: string;
  /** As a double, or in words; '' if the register is empty. */
  readonly value: string;
  /** What this place of the chip holds is not what it held. */
  readonly changed: boolean;
}

/** A register of 128 bits, in 32 hex digits. */
export interface WideView {
  readonly name: string;
  readonly bits: string;
  readonly changed: boolean;
}

export interface FloatsView {
  readonly stack: readonly StackView[];
  readonly xmm: readonly WideView[];
  /** Control, status and tag word, and MXCSR. */
  readonly words: readonly RegisterView[];
  /** The status word, taken apart. */
  readonly status: readonly FlagView[];
}

/** Everything that a bench shows at one moment. */
export interface BenchView {
  readonly kind: 'pc' | 'host';
  readonly where: WhereView;
  /** The eight general registers, and EIP. */
  readonly registers: readonly RegisterView[];
  readonly eflags: RegisterView;
  readonly flags: readonly FlagView[];
  /** ES, CS, SS, DS, FS, GS, LDTR, TR. */
  readonly segments: readonly SegmentView[];
  /** CR0, CR2, CR3, CR4. */
  readonly control: readonly RegisterView[];
  /** Where a lab is about numbers with a point. */
  readonly floats?: FloatsView;
  readonly privilege: PrivilegeView;
  readonly code: readonly CodeLine[];
  readonly memory: MemoryView;
  readonly walk: WalkView;
  readonly events: EventsView;
  readonly counters: readonly CounterView[];
  readonly breakpoints: readonly number[];
  /** All that was written up to now, one letter a byte. */
  readonly console: string;
  /** Of a PC: the rows of its screen. */
  readonly screen?: readonly string[];
}

/** What the page is told of a lab when it opens. */
export interface LabView {
  readonly id: string;
  /** Slug of its chapter; none: the free bench. */
  readonly chapter?: string;
  readonly title: string;
  /** What to look at, in a sentence or two. */
  readonly about: string;
  /** It runs the finished program, not the chapter's snapshot. */
  readonly finished: true;
  /** The program's text, where it is ours. */
  readonly source?: string;
  readonly symbols: readonly (readonly [string, number])[];
  /** Count of the moment at which it opens. */
  readonly moment: number;
}

/** An image that somebody brings. */
export interface DroppedImage {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** On the bare machine, or under Xen; not said: as it looks. */
  readonly on?: 'pc' | 'host';
  readonly memoryMiB?: number;
  /** Of the guest, or of a Multiboot kernel. */
  readonly cmdline?: string;
  readonly ramdisk?: Uint8Array;
}

/** Handlers by what they handle: 'hypercall mmu_update', 'trap 14'.
 * Made in Node by `linksOf` (links.ts), which reads the sources. */
export type Links = Readonly<Record<string, SymbolView>>;

/** What the page sends. `id` comes back with each report. */
export type BenchRequest = { readonly id: number } & (
  | {
    readonly ask: 'open';
    readonly lab: string | DroppedImage;
    readonly links?: Links;
  }
  | { readonly ask: 'command'; readonly command: BenchCommand }
);

/** What it gets: for each request any number of views that are not
 * the last, then one that is, or a refusal. */
export type BenchReport = { readonly id: number } & (
  | { readonly tell: 'opened'; readonly lab: LabView }
  | {
    readonly tell: 'view';
    readonly view: BenchView;
    readonly done: boolean;
  }
  | { readonly tell: 'refused'; readonly why: string }
);
