import { type Phys, REGION } from '../../machine/phys.ts';
import { AT } from '../../machine/tiers/layout.ts';
import {
  GEU, I64, LOAD8U, type Push, Words,
} from '../../machine/wasm/words.ts';
import {
  ACCESSED, LARGE, PAE, PG, PGE, PRESENT, PSE, WP,
} from '../paging.ts';
import { CR0, CR3, CR4, PDPTE } from '../state.ts';
import { SYS_READ } from '../tlb.ts';

const NOTHING = -1n;
const ALL = 15;

/** `walk(la, write, user) → frame | rights << 32`: the usual walk; -1:
 * it is another one, or it faults. */
export function walker({ size }: Phys): Words {
  const f = new Walk(size);
  f.write();
  return f;
}

class Walk extends Words {
  private readonly la = this.of(0);
  private readonly entry = this.local('i32');
  /** What all entries grant, and the last of them. */
  private readonly all = this.local('i32');
  private readonly last = this.local('i32');

  constructor(private readonly size: number) { super(3); }

  write(): void {
    const { la } = this;
    this.refuseIf(this.word(AT.odd));
    const flat = this.isZero(this.and(this.field(CR0), this.num(PG)));
    this.when(flat, () => {
      this.needDirect(pageOf(this, la));
      this.answer(pageOf(this, la), this.num(ALL));
    });
    const wide = this.and(this.field(CR4), this.num(PAE));
    this.when(wide, () => this.three(), () => this.two());
    this.judge();
    this.answer(pageOf(this, this.of(this.last)), this.rights());
  }

  private refuseIf(c: Push): void {
    this.when(c, () => this.refuse());
  }

  private refuse(): void {
    this.op(I64.const);
    this.bytes.s64(NOTHING);
    this.give(() => {});
  }

  /** It is a page fault, with the bits of the access in its error
   * code. */
  private faultIf(c: Push, code: number): void {
    const [write, user] = [this.of(1), this.of(2)];
    this.when(c, () => {
      this.put(this.num(0), AT.fault,
        this.or(this.shl(write, 1), this.shl(user, 2), this.num(code)));
      this.refuse();
    });
  }

  private answer(frame: Push, rights: Push): void {
    frame();
    this.op(I64.extendU);
    rights();
    this.op(I64.extendU);
    this.op(I64.const);
    this.bytes.s64(32n);
    this.op(I64.shl);
    this.op(I64.or);
    this.give(() => {});
  }

  /** The address of an entry goes into its local. */
  private find(address: Push): void {
    const { entry, size } = this;
    this.let(entry, address);
    this.refuseIf(this.join(GEU, this.of(entry), this.num(size - 7)));
    this.refuseIf(this.and(this.marks(), this.num(REGION)));
  }

  /** The marks of the page that the entry is in, or an address. */
  private marks(address = this.of(this.entry)): Push {
    return () => {
      this.shr(address, 12)();
      this.memory(LOAD8U, AT.ram + this.size);
    };
  }

  /** The low word of the entry that was found. */
  private get found(): Push {
    return this.at(this.of(this.entry), AT.ram);
  }

  /** Whether a bit of a local is missing. */
  private lacks(local: number, bit: number): Push {
    return this.and(this.not(this.of(local)), this.num(bit));
  }

  private needPresent(local: number): void {
    this.faultIf(this.lacks(local, PRESENT), 0);
  }

  private needTable(local: number): void {
    this.needPresent(local);
    this.refuseIf(this.lacks(local, ACCESSED));
  }

  /** Refuses a frame that the access could not use. */
  private needDirect(frame: Push): void {
    const marks = this.marks(frame);
    this.refuseIf(this.join(GEU, frame, this.num(this.size)));
    this.refuseIf(this.and(marks, this.num(REGION)));
    this.when(this.of(1), () => this.refuseIf(marks));
  }

  private two(): void {
    const { la, all, last } = this;
    const directory = pageOf(this, this.field(CR3));
    this.find(this.or(directory, this.shl(this.shr(la, 22), 2)));
    this.let(all, this.found);
    this.needTable(all);
    const large = this.and(this.of(all), this.num(LARGE));
    const pse = this.and(this.field(CR4), this.num(PSE));
    this.refuseIf(this.and(large, this.shl(pse, 3)));
    const table = pageOf(this, this.of(all));
    const offset = this.and(this.shr(la, 10), this.num(0xffc));
    this.find(this.or(table, offset));
    this.let(last, this.found);
  }

  /** Entries of 64 bits; whatever has any of bits 32 to 63 set is left
   * to the reference. */
  private three(): void {
    const { la, all, last } = this;
    const pointer = this.and(this.shr(la, 27), this.num(0x18));
    this.let(all, this.at(pointer, 8 * PDPTE[0].id));
    this.refuseIf(this.at(pointer, 8 * PDPTE[0].id + 4));
    this.needPresent(all);
    this.step(all, this.and(this.shr(la, 18), this.num(0xff8)));
    this.needTable(all);
    this.refuseIf(this.and(this.of(all), this.num(LARGE)));
    this.let(last, this.of(all));
    this.step(last, this.and(this.shr(la, 9), this.num(0xff8)));
  }

  /** Replaces the entry in a local by one of the table it names. */
  private step(local: number, offset: Push): void {
    const table = pageOf(this, this.of(local));
    this.find(this.or(table, offset));
    this.let(local, this.found);
    this.refuseIf(this.at(this.of(this.entry), AT.ram + 4));
  }

  private judge(): void {
    const { all, last } = this;
    const [write, user] = [this.of(1), this.of(2)];
    this.needPresent(last);
    this.let(all, this.and(this.of(all), this.of(last)));
    const lacks = this.not(this.of(all));
    this.faultIf(this.and(this.shl(user, 2), lacks), 1);
    const wp = this.shr(this.and(this.field(CR0), this.num(WP)), 16);
    const strict = this.and(write, this.or(user, wp));
    this.faultIf(this.and(this.shl(strict, 1), lacks), 1);
    this.needDirect(pageOf(this, this.of(last)));
    this.mark(this.or(this.num(ACCESSED), this.shl(write, 6)));
  }

  /** Sets bits in the last entry, if nobody watches its page. */
  private mark(used: Push): void {
    const { entry, last } = this;
    this.when(this.and(this.not(this.of(last)), used), () => {
      this.refuseIf(this.marks());
      this.let(last, this.or(this.of(last), used));
      this.put(this.of(entry), AT.ram, this.of(last));
    });
  }

  /** What `simpleRights` says. */
  private rights(): Push {
    const bit = (local: number, n: number): Push =>
      this.and(this.shr(this.of(local), n), this.num(1));
    const [dirty, writable, user] =
      [bit(this.last, 6), bit(this.all, 1), bit(this.all, 2)];
    const lax = this.isZero(this.and(this.field(CR0), this.num(WP)));
    const pge = this.shr(this.and(this.field(CR4), this.num(PGE)), 7);
    return this.or(this.num(SYS_READ),
      this.shl(this.and(dirty, this.or(writable, lax)), 1),
      this.shl(user, 2),
      this.shl(this.and(user, writable, dirty), 3),
      this.shl(this.and(bit(this.last, 8), pge), 4));
  }
}

/** The page that an address or an entry names. */
const pageOf = (f: Words, a: Push): Push => f.and(a, f.num(-0x1000));
