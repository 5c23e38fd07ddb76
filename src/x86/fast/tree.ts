import {
  holeAt, LEAF, PART, TWIG,
} from '../../machine/tiers/layout.ts';
import type { Arena } from './records.ts';
import type { Leaf, Shape, Twig } from './shapes.ts';

/** What is known of bytes, where WebAssembly can walk it. */
export class Tree {
  /** Where twigs are, and leaves, whose addresses are odd. */
  private readonly places = new Map<Twig, number>();
  /** Leaves whose shapes lacked a handler, and where they are. */
  private readonly waiting = new Map<number, Leaf>();

  constructor(private readonly arena: Arena) {}

  /** A twig's place in the arena; 0: there is no more room. */
  placeOf(twig: Twig): number {
    const found = this.places.get(twig);
    if (found !== undefined) return found;
    const { leaf } = twig;
    const place = leaf ? this.putLeaf(leaf) : this.putTwig(twig);
    if (place !== 0) this.places.set(twig, place);
    return place;
  }

  private putTwig({ at }: Twig): number {
    const place = this.arena.takeLast(TWIG.BYTES);
    if (place !== 0) this.arena.set(place + TWIG.AT, at);
    return place;
  }

  private putLeaf(leaf: Leaf): number {
    const { shape, length } = leaf;
    const { arena } = this;
    const parts = leaf.parts.filter(({ hole }) => hole > 0)
      .sort((a, b) => holeAt(a.hole) - holeAt(b.hole));
    const size = parts.length * PART.BYTES;
    const place = arena.takeLast(LEAF.PARTS + size);
    if (place === 0) return 0;
    arena.set(place + LEAF.SHAPE, shape.id + 1);
    arena.set(place + LEAF.HANDLER, shape.handler);
    arena.set(place + LEAF.LENGTH, length);
    arena.set(place + LEAF.GOES_ON, shape.goesOn ? 1 : 0);
    arena.set(place + LEAF.SIZE, size);
    parts.forEach((part, n) => {
      const at = place + LEAF.PARTS + n * PART.BYTES;
      arena.set(at + PART.HOLE, holeAt(part.hole));
      arena.set(at + PART.AT, part.offset);
      const left = 32 - 8 * part.bytes;
      arena.set(at + PART.LEFT, left + part.shift);
      arena.set(at + PART.RIGHT, left);
      arena.set(at + PART.MASK, part.mask);
      arena.set(at + PART.ADD, part.add);
    });
    if (shape.handler === 0 && !shape.foreign) {
      this.waiting.set(place, leaf);
    }
    return place + 1;
  }

  /** Shapes that lack a handler. */
  lacking(): Set<Shape> {
    return new Set([...this.waiting.values()].map(({ shape }) => shape));
  }

  /** Handlers were made. */
  settle(): void {
    for (const [place, { shape }] of this.waiting) {
      if (shape.handler === 0) continue;
      this.arena.set(place + LEAF.HANDLER, shape.handler);
      this.waiting.delete(place);
    }
  }

  /** What was learned before is at the arena's end. */
  recall(root: Twig, place: number): void {
    this.places.set(root, place);
  }

  /** The arena was cleared. */
  forget(): void {
    this.places.clear();
    this.waiting.clear();
  }

  /** Shows the way that these bytes take; false: there is no room. */
  show(root: Twig, bytes: Uint8Array, from: number): boolean {
    let twig = root;
    while (!twig.leaf) {
      const next = twig.next[bytes[from + twig.at] ?? 0];
      if (!next) throw new Error('a way that nobody has learned');
      const here = this.placeOf(twig);
      const byte = bytes[from + twig.at] ?? 0;
      const known = here && this.arena.get(here + TWIG.NEXT + 4 * byte);
      if (known !== 0) this.places.set(next, known);
      const there = this.placeOf(next);
      if (here === 0 || there === 0) return false;
      twig.next.forEach((one, byte) => {
        if (one !== next) return;
        this.arena.set(here + TWIG.NEXT + 4 * byte, there);
      });
      twig = next;
    }
    return true;
  }
}
