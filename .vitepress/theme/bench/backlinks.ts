// The other way round: a block of this page whose function handles an event
// of the run gets a button that leads to that event.
import type { BenchView, EventView } from '../../../src/labs/view';
import { type BookLinks, passageOf } from './book-links';
import { currentEvent } from './format';

export interface Backlinks {
  /** Brings the page's buttons up to the moment. */
  show(view: BenchView, book: BookLinks): void;
  clear(): void;
}

const LIVE = 'rf-live';

/** @param go what a press does */
export function backlinks(
  id: string, go: (event: EventView) => void,
): Backlinks {
  const made = new Map<string, { button: HTMLElement; event: EventView }>();
  let live: Element | undefined;

  function add(block: Element, event: EventView): void {
    const known = made.get(block.id);
    if (known) {
      if (!event.past || known.event.past) known.event = event;
      return;
    }
    const button = document.createElement('a');
    button.href = `#bench-${id}`;
    button.textContent = 'in the bench';
    button.title = `Go to ${event.name}, which this handles`;
    button.addEventListener('click', (click) => {
      click.preventDefault();
      const entry = made.get(block.id);
      if (entry) go(entry.event);
    });
    block.querySelector('.rf-tools')?.append(button);
    made.set(block.id, { button, event });
  }

  return {
    show(view, book) {
      const at = currentEvent(view);
      live?.classList.remove(LIVE);
      live = undefined;
      for (const event of view.events.shown) {
        const block = blockOf(event, book);
        if (!block) continue;
        add(block, event);
        if (event !== at) continue;
        live = block;
        block.classList.add(LIVE);
      }
    },
    clear() {
      for (const { button } of made.values()) button.remove();
      made.clear();
      live?.classList.remove(LIVE);
    },
  };
}

/** The block of this page that brings an event's handler. */
function blockOf(event: EventView, book: BookLinks): Element | undefined {
  const passage = passageOf(book, event.handler);
  const [page = '', block = ''] = passage?.link.split('#') ?? [];
  const here = location.pathname.split('/').at(-1) ?? '';
  if (here.replace(/\.html$/, '') !== page.replace(/\.html$/, '')) return undefined;
  return document.getElementById(block) ?? undefined;
}
