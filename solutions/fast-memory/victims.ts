interface Entry { page: number; frame: number; rights: number }

const PLACES = 8192, VICTIMS = 8;

/** A direct-mapped buffer with eight victims behind it. */
export class VictimTlb {
  private readonly table: (Entry | undefined)[] = [];
  /** Oldest first. */
  private victims: Entry[] = [];

  private take(page: number): Entry | undefined {
    const found = this.victims.find((entry) => entry.page === page);
    this.victims = this.victims.filter((entry) => entry !== found);
    return found;
  }

  private put(entry: Entry): void {
    const at = entry.page % PLACES;
    const old = this.table[at];
    this.table[at] = entry;
    if (!old || old.page === entry.page) return;
    this.victims = [...this.victims, old].slice(-VICTIMS);
  }

  lookup(la: number, right: number): number {
    const page = la >>> 12;
    if (this.table[page % PLACES]?.page !== page) {
      const found = this.take(page);
      if (!found) return -1;
      this.put(found);
    }
    const entry = this.table[page % PLACES];
    if (!entry || (entry.rights & right) === 0) return -1;
    return entry.frame + (la & 0xfff);
  }

  fill(la: number, frame: number, rights: number): void {
    this.take(la >>> 12);
    this.put({ page: la >>> 12, frame, rights });
  }

  flushPage(la: number): void {
    const page = la >>> 12;
    this.take(page);
    if (this.table[page % PLACES]?.page === page) {
      this.table[page % PLACES] = undefined;
    }
  }

  flush(): void {
    this.table.length = 0;
    this.victims = [];
  }
}
