import { BadImage } from '../x86/pc/image.ts';
import { Bench, BadCommand } from './bench.ts';
import { droppedRig } from './dropped.ts';
import { findLab } from './prepared.ts';
import type {
  BenchReport, BenchRequest, DroppedImage, LabView, Links,
} from './view.ts';

/** Serves a bench by messages. Whoever owns it calls `turn` as long
 * as that says true, and looks at its own messages in between. */
export class BenchServer {
  private bench: Bench | undefined;
  private lab: Omit<LabView, 'moment'> | undefined;
  /** The request that is being followed. */
  private id: number | undefined;
  private opening = false;

  constructor(private readonly post: (report: BenchReport) => void) {}

  receive(request: BenchRequest): void {
    const { id } = request;
    try {
      this.settle();
      if (request.ask === 'open') this.open(request.lab, request.links);
      else this.order(request);
      this.id = id;
    } catch (thrown) {
      const known = thrown instanceof BadCommand
        || thrown instanceof BadImage;
      if (!known) throw thrown;
      this.post({ id, tell: 'refused', why: thrown.message });
    }
  }

  /** A command that is overtaken by another one ends here. */
  private settle(): void {
    if (this.id === undefined || !this.bench || this.opening) return;
    this.bench.order({ do: 'stop' });
    this.report(true);
    this.id = undefined;
  }

  private order(
    { command }: Extract<BenchRequest, { ask: 'command' }>,
  ): void {
    if (!this.bench || this.opening) {
      throw new BadCommand('nothing is on the bench yet');
    }
    this.bench.order(command);
  }

  private open(which: string | DroppedImage, links?: Links): void {
    const { bench, lab } = typeof which === 'string'
      ? prepared(which, links) : dropped(which, links);
    this.bench = bench;
    this.lab = lab;
    this.opening = true;
    bench.order({ do: 'moment' });
  }

  /** Follows a request for one slice. False: there is none. */
  turn(slice: number): boolean {
    const { bench } = this;
    if (this.id === undefined || !bench) return false;
    const done = bench.work(slice);
    if (done && this.opening) this.opened(bench);
    this.report(done);
    if (done) this.id = undefined;
    return !done;
  }

  private opened(bench: Bench): void {
    this.opening = false;
    const { id, lab } = this;
    if (id === undefined || !lab) return;
    const moment = bench.opensAt() ?? bench.now();
    this.post({ id, tell: 'opened', lab: { ...lab, moment } });
  }

  private report(done: boolean): void {
    if (this.id === undefined || !this.bench) return;
    const view = this.bench.view();
    this.post({ id: this.id, tell: 'view', view, done });
  }
}

function prepared(id: string, links: Links = {}) {
  const found = findLab(id);
  if (!found) throw new BadCommand(`there is no lab '${id}'`);
  const { chapter, title, about } = found;
  const bench = new Bench(found.make(), found.moment, links);
  const { listing } = bench.rig;
  const lab = {
    id, chapter, title, about, finished: true as const,
    symbols: [...listing?.symbols ?? []],
    ...(listing ? { source: listing.source } : {}),
  };
  return { bench, lab };
}

function dropped(image: DroppedImage, links: Links = {}) {
  const bench = new Bench(droppedRig(image), undefined, links);
  const lab = {
    id: image.name, title: image.name, finished: true as const,
    about: 'An image that you brought.', symbols: [],
  };
  return { bench, lab };
}
