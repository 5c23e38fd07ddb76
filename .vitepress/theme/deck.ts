// The keys of a chapter's slides. A slide may be taller than the screen: then
// the keys that scroll a page go on doing so up to its edge.
import { forPage } from './keys';

export type Turn = 'next' | 'previous' | 'first' | 'last';

interface DeckKey {
  readonly turn: Turn;
  /** Scrolls as long as the slide goes on beyond the screen. */
  readonly scrolls?: boolean;
}

const KEYS: Readonly<Record<string, DeckKey>> = {
  ArrowRight: { turn: 'next' },
  ArrowLeft: { turn: 'previous' },
  ArrowDown: { turn: 'next', scrolls: true },
  ArrowUp: { turn: 'previous', scrolls: true },
  PageDown: { turn: 'next', scrolls: true },
  PageUp: { turn: 'previous', scrolls: true },
  Home: { turn: 'first' },
  End: { turn: 'last' },
};

/** Rounding of a place on the screen, in pixels. */
const CLOSE = 4;

export function slides(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('.rf-slide')];
}

/** Where a slide's top comes to stand: under the site's bar. */
function edge(): number {
  const slide = document.querySelector('.rf-slide');
  return slide ? Number.parseFloat(getComputedStyle(slide).scrollMarginTop) || 0 : 0;
}

/** The number of the slide that is being shown, from 0. */
export function slideShown(): number {
  const top = edge() + CLOSE;
  return Math.max(0, slides().findLastIndex(
    (slide) => slide.getBoundingClientRect().top <= top));
}

/** Where a key leads, unless it is not for the slides. */
export function turnOf(event: KeyboardEvent): Turn | undefined {
  const key = KEYS[event.key];
  if (!key || event.shiftKey || !forPage(event)) return undefined;
  if (scrollsItself(event)) return undefined;
  return key.scrolls && goesOn(key.turn) ? undefined : key.turn;
}

/** Code wider than its frame, with the focus, is moved by the arrows. */
function scrollsItself({ key, target }: KeyboardEvent): boolean {
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return false;
  const box = target instanceof Element ? target.closest('pre, .rf-diagram') : null;
  return box !== null && box.scrollWidth > box.clientWidth;
}

/** Whether the slide has more beyond the screen's edge. */
function goesOn(turn: Turn): boolean {
  const box = slides()[slideShown()]?.getBoundingClientRect();
  if (!box) return false;
  return turn === 'next' ? box.bottom > innerHeight + CLOSE
    : box.top < edge() - CLOSE;
}

/** Shows a slide and gives its number. */
export function turnTo(turn: Turn): number {
  const all = slides();
  const last = all.length - 1;
  const now = slideShown();
  const to = { first: 0, last, next: now + 1, previous: now - 1 }[turn];
  const at = Math.min(last, Math.max(0, to));
  all[at]?.scrollIntoView({ block: 'start', behavior: 'instant' });
  return at;
}
