import { HostMachine, momentOf, type SavedHost, type HostInput } from
  '../dom0/xl/machine.ts';
import { type Host, startHost } from '../dom0/xl/host.ts';
import type { CreateRequest } from '../dom0/toolstack/letters.ts';
import { Errno } from '../xen/common/errno.ts';
import { copyFromGuest } from '../xen/common/guest-access.ts';
import { describeCall } from './calls.ts';
import type { Hooks, Vcpu, Xen } from '../xen/common/xen.ts';
import { NOBODY } from '../xen/common/xen.ts';
import { DOMID } from '../xen/public/xen.ts';
import { PGT } from '../xen/x86/page-type.ts';
import { stateHash } from '../xen/snapshot.ts';
import { CR2 } from '../x86/state.ts';
import { FAULT } from '../x86/vectors.ts';
import { callerOf, type Caller, Stubs } from './entry.ts';
import { pcCounters } from './pc.ts';
import {
  faultName, type Happening, hex, type Listing, type Rig, type Tenant,
} from './rig.ts';
import { Story, Telling } from './story.ts';
import type { CounterView, FrameView, Stop } from './view.ts';

/** What a host on the bench is made with: one guest. */
export interface HostSetup {
  readonly name: string;
  readonly image: Uint8Array;
  readonly memoryMiB?: number;
  readonly cmdline?: string;
  readonly ramdisk?: Uint8Array;
  readonly translated?: boolean;
  readonly listing?: Listing;
}

/** For domain 0 and Xen. */
const OTHERS_MIB = 64;

/** Hears what the hypervisor is asked for, and what it does. */
class Listener {
  private caller: Caller | undefined;
  /** A trap of which it is not known yet what comes of it. */
  private trapped: { v: Vcpu; told: Happening } | undefined;
  private readonly stubs = new Stubs();

  constructor(
    private readonly xen: () => Xen,
    private readonly events: Story<Happening>,
  ) {}

  readonly hooks: Hooks = {
    hostcall: (xen) => {
      this.resolve();
      this.caller = callerOf(xen);
    },
    hypercall: (v, record) => {
      this.resolve();
      const place = this.place(v, undefined);
      this.events.tell({ ...place, ...describeCall(v, record) });
    },
    trap: (v, vector) => {
      this.trapped = { v, told: this.trap(v, vector) };
    },
  };

  /** The machine was taken elsewhere. */
  drop(): void { this.trapped = undefined; }

  /** Where `v` was, and when. */
  private place(v: Vcpu, vector: number | undefined) {
    const { cpu } = this.xen();
    const handled = cpu.retired;
    const domain = v.domain.id;
    if (v.domain.translated || !this.caller) {
      return { at: handled, handled, domain, from: 0, ring: 0 };
    }
    const { eip, cs } = this.caller;
    const way = this.stubs.length(this.xen(), vector);
    const from = vector === undefined ? eip - this.stubs.intBytes : eip;
    return { at: handled - way, handled, domain, from, ring: cs & 3 };
  }

  private trap(v: Vcpu, vector: number): Happening {
    const args: [string, string][] = [];
    const code = v.arch.regs.error_code;
    if (this.stubs.hasCode(this.xen(), vector)) {
      args.push(['error code', hex(code)]);
    }
    if (vector === FAULT.PF) {
      args.push(['address', hex(this.xen().cpu.get(CR2))]);
    }
    return {
      ...this.place(v, vector), kind: 'fault', vector, args,
      name: faultName(vector), key: `trap ${vector}`,
      result: 'emulated', outcome: 'handled', favour: 'guest',
    };
  }

  /** Tells the last trap, and what came of it: the registers with
   * which the guest goes on are there until the next hostcall. */
  resolve(): void {
    if (!this.trapped) return;
    const { v, told } = this.trapped;
    this.trapped = undefined;
    const handler = v.arch.traps[told.vector];
    if (v.domain.shutdown >= 0) {
      const result = v.domain.crash?.reason ?? 'the guest is shut down';
      return this.events.tell({
        ...told, outcome: 'fatal', favour: 'hypervisor', result });
    }
    const bounced = handler && goesOnAt(this.xen(), v) === handler.eip;
    this.events.tell(bounced
      ? { ...told, outcome: 'delivered', result: 'to the guest' }
      : told);
  }
}

/** Where `v` goes on; under an upcall, what it will return to. */
function goesOnAt(xen: Xen, v: Vcpu): number {
  const { regs, event } = v.arch;
  if (regs.eip !== event.eip) return regs.eip;
  try {
    const word = copyFromGuest(xen, v, BigInt(regs.esp), 4);
    return new DataView(word.buffer).getUint32(0, true);
  } catch (thrown) {
    if (thrown instanceof Errno) return regs.eip;
    throw thrown;
  }
}

/** A whole host on the bench: Xen, domain 0, and a guest. */
export function hostRig(setup: HostSetup): Rig {
  const events = new Story<Happening>();
  const output = new Story<string>();
  const listener = new Listener(() => host.xen, events);
  const host = newHost(setup, listener.hooks, output);
  const lab = new LabHost(host, [requestOf(setup)], listener);
  const what = { ...momentOf(host), create: 0 };
  const { listing } = setup;
  return {
    kind: 'host', cpu: host.xen.cpu, events, output,
    machine: new Telling(lab, [events, output]),
    log: [{ at: lab.now(), what }],
    spacing: { wide: 2_000_000, fine: 200, most: 32 },
    ...(listing ? { listing } : {}),
    reason: () => reasonOf(host),
    ended: () => lab.why(), waits: () => lab.why() === 'halted',
    typed: (bytes) => ({ ...momentOf(host), keys: bytes }),
    tenants: () => tenantsOf(host.xen),
    domain: () => host.xen.root.current?.domain.id,
    frame: (mfn) => frameOf(host.xen, mfn),
    counters: () => countersOf(host.xen),
    hash: () => stateHash(host.xen),
  };
}

function newHost(
  setup: HostSetup, hooks: Hooks, output: Story<string>,
): Host {
  const { memoryMiB = 4, translated = false } = setup;
  const say = (text: string): void =>
    [...text].forEach((letter) => output.tell(letter));
  return startHost({
    ramMiB: memoryMiB + OTHERS_MIB, translated,
    onOutput: (bytes) => say(String.fromCharCode(...bytes)),
    hooks: { ...hooks, log: (line) => say(`${line}\n`) },
  });
}

/** A host that knows that it stopped. */
class LabHost extends HostMachine {
  private stuck = false;

  constructor(
    host: Host, requests: readonly CreateRequest[],
    private readonly listener: Listener,
  ) {
    super(host, requests);
  }

  override restore(saved: SavedHost): void {
    super.restore(saved);
    this.listener.drop();
    this.stuck = false;
  }

  override input(what: HostInput): void {
    super.input(what);
    this.listener.resolve();
    this.stuck = false;
  }

  override runTo(n: number): boolean {
    this.stuck = !super.runTo(n);
    this.listener.resolve();
    return !this.stuck;
  }

  /** Why it cannot go on, if it was found that it cannot. */
  why(): Stop | undefined {
    if (!this.stuck) return undefined;
    return this.host.alive === 0 ? 'ended' : 'halted';
  }
}

/** Why a guest was not built, or crashed. */
function reasonOf({ answers, endings }: Host): string | undefined {
  const refused = answers.map((answer) =>
    (answer.event === 'failed' ? answer.reason : undefined));
  const crashes = endings.map(({ crash }) => crash?.reason);
  return [...refused, ...crashes].find((why) => why !== undefined);
}

function requestOf(setup: HostSetup) {
  const { name, image, memoryMiB = 4, cmdline = '', ramdisk } = setup;
  return {
    name, uuid: '00000000-0000-0000-0000-000000000001', memoryMiB,
    maxmemMiB: memoryMiB, vcpus: 1, paused: false, cmdline,
    kernel: { name, bytes: image },
    ...(ramdisk
      ? { ramdisk: { name: 'ramdisk', bytes: ramdisk } } : {}),
  };
}

function tenantsOf(xen: Xen): readonly Tenant[] {
  const domain = xen.root.current?.domain;
  const nobody: Tenant = { lives: 'nobody', who: 'nobody' };
  const of = domain && !domain.translated
    ? `of domain ${domain.id}` : 'of a guest';
  return [
    { lives: 'hypervisor', who: 'Xen' },
    { lives: 'kernel', who: `the kernel ${of}` }, nobody,
    { lives: 'user', who: `programs ${of}` },
  ];
}

const typeNames = new Map<number, string>(
  Object.entries(PGT).map(([name, n]) => [n, name]));

function frameOf(xen: Xen, mfn: number): FrameView | undefined {
  const { owner, type, typeCount, refs, count } = xen.root.frames;
  if (mfn >= count) return undefined;
  const whose = owner[mfn] ?? NOBODY;
  const nobodys = whose === NOBODY || whose === DOMID.XEN;
  return {
    mfn, owner: nobodys ? null : whose,
    type: typeNames.get(type[mfn] ?? 0) ?? 'none',
    typeCount: typeCount[mfn] ?? 0, refs: refs[mfn] ?? 0,
  };
}

function countersOf(xen: Xen): CounterView[] {
  const { hypercalls, traps } = xen.root.counts;
  return [
    ...pcCounters(xen.cpu),
    ...Object.entries(hypercalls).map(([name, value]) =>
      ({ name: `hypercall ${name}`, value })),
    ...Object.entries(traps).map(([vector, value]) =>
      ({ name: `trap ${faultName(Number(vector))}`, value })),
  ];
}
