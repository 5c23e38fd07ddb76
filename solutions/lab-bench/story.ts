import { Diverged } from '#book/machine/replay.ts';

/** What a run tells, in order, kept once. */
export class Story<T> {
  private readonly items: T[] = [];
  private told = 0;

  tell(item: T): void {
    const known = this.items[this.told];
    if (known === undefined) this.items.push(item);
    else if (JSON.stringify(known) !== JSON.stringify(item)) {
      throw new Diverged('it was told otherwise');
    }
    this.told++;
  }

  place(): number { return this.told; }
  goTo(place: number): void { this.told = place; }
  forget(): void { this.items.splice(this.told); }

  past(): readonly T[] { return this.items.slice(0, this.told); }
  all(): readonly T[] { return this.items; }
}
