import { Diverged, type Rewindable } from '../machine/replay.ts';

/** What a run tells, in order. A machine that was taken back will
 * tell it again, word by word; it is kept once. */
export class Story<T> {
  private readonly items: T[] = [];
  private told = 0;

  tell(item: T): void {
    const known = this.items[this.told++];
    if (known === undefined) this.items.push(item);
    else if (JSON.stringify(known) !== JSON.stringify(item)) {
      throw new Diverged(`it was told as ${JSON.stringify(known)}, and `
        + `now as ${JSON.stringify(item)}`);
    }
  }

  /** How many items were told before the present moment. */
  place(): number { return this.told; }
  goTo(place: number): void { this.told = place; }

  /** What comes later is not going to happen. */
  forget(): void { this.items.splice(this.told); }

  past(): readonly T[] { return this.items.slice(0, this.told); }
  /** With what is known to come. */
  all(): readonly T[] { return this.items; }
}

interface Told<S> {
  readonly saved: S;
  readonly places: readonly number[];
}

/** A machine with the stories that it tells. */
export class Telling<S, I> implements Rewindable<Told<S>, I> {
  constructor(
    private readonly machine: Rewindable<S, I>,
    private readonly stories: readonly Story<unknown>[],
  ) {}

  now(): number { return this.machine.now(); }
  runTo(n: number): boolean { return this.machine.runTo(n); }
  input(what: I): void { this.machine.input(what); }

  save(): Told<S> {
    const places = this.stories.map((story) => story.place());
    return { saved: this.machine.save(), places };
  }

  restore({ saved, places }: Told<S>): void {
    this.machine.restore(saved);
    this.stories.forEach((story, n) => story.goTo(places[n] ?? 0));
  }
}
