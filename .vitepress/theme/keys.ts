// The keys of a chapter's page. Single keys can be turned off, for readers
// who speak to their computer (WCAG 2.1.4).

export type Action =
  | 'next' | 'previous' | 'down' | 'up' | 'names' | 'whole' | 'diff' | 'help';

export const KEYS: readonly (readonly [key: string, action: Action, does: string])[] = [
  ['n', 'next', 'to the next block that touches the same code'],
  ['p', 'previous', 'to the previous block that touches it'],
  ['j', 'down', 'to the next block of this page'],
  ['k', 'up', 'to the previous block of this page'],
  ['i', 'names', 'the names in this block: definitions and changes'],
  ['w', 'whole', 'the whole file at this block'],
  ['c', 'diff', 'what changed in it since the last chapter'],
  ['?', 'help', 'these keys'],
];

const STORE = 'rf-single-keys';

export function keysOn(): boolean {
  try {
    return localStorage.getItem(STORE) !== 'off';
  } catch {
    return true;
  }
}

export function turnKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, 'off');
  } catch {
    // Without storage the choice lasts until the page is left.
  }
}

/** Whether a key is for the page: nobody is typing, and it means nothing to
 * what has the focus or to a dialog. */
export function forPage(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  const target = event.target instanceof Element ? event.target : undefined;
  if (target?.closest('input, textarea, select, [contenteditable=""], [contenteditable=true], '
    + '.xterm, .cm-editor, [role=application], [role=slider], [data-own-keys]')) return false;
  return !document.querySelector('dialog[open], .VPLocalSearchBox');
}

/** The keys of the bar at the top, which may not live yet: whoever presses one
 * means its button, and what is clicked comes to life. */
export function searchByKey(event: KeyboardEvent): void {
  const command = event.key === 'k' && (event.ctrlKey || event.metaKey);
  if (!command && !(event.key === '/' && forPage(event))) return;
  if (document.querySelector('.VPLocalSearchBox')) return;
  const button = document.querySelector<HTMLElement>('.VPNavBarSearch button');
  if (!button) return;
  event.preventDefault();
  button.click();
}

/** What a key asks for, unless someone is typing or it means another thing. */
export function actionOf(event: KeyboardEvent): Action | undefined {
  if (!forPage(event)) return undefined;
  return KEYS.find(([key]) => key === event.key)?.[1];
}

function blocks(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('.rf-block[data-order]')];
}

/** The block that was visited last, until the reader scrolls: before that the
 * page may be on its way to it, and it counts although it is not in sight. */
let visited: HTMLElement | undefined;

/** By what a reader scrolls: wheel, finger, the bar at the side, keys. */
export const SCROLLING = ['wheel', 'touchmove', 'pointerdown', 'keydown'];
const SCROLLS = ['PageUp', 'PageDown', 'Home', 'End', 'ArrowUp', 'ArrowDown', ' '];

/** One of these events has come. */
export function scrolls(event: Event): void {
  if (event instanceof KeyboardEvent && !SCROLLS.includes(event.key)) return;
  visited = undefined;
}

/** The block that has the focus, else the one that is being read. */
export function currentBlock(): HTMLElement | undefined {
  const own = document.activeElement?.closest<HTMLElement>('.rf-block[data-order]');
  if (own && (own === visited || onScreen(own))) return own;
  const eye = innerHeight * 0.35;
  const far = (block: HTMLElement): number => {
    const { top, bottom } = block.getBoundingClientRect();
    return top > eye ? top - eye : Math.max(0, eye - bottom);
  };
  return blocks().reduce<HTMLElement | undefined>((best, block) =>
    !best || far(block) < far(best) ? block : best, undefined);
}

function onScreen(block: HTMLElement): boolean {
  const { top, bottom } = block.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

/** The block before or after the current one on this page. */
export function neighbour(step: 1 | -1): HTMLElement | undefined {
  const all = blocks();
  const focused = document.activeElement?.closest<HTMLElement>('.rf-block[data-order]');
  const now = currentBlock();
  if (!now) return undefined;
  // The first press marks the block that is being read.
  if (now !== focused && onScreen(now)) return now;
  return all[all.indexOf(now) + step];
}

/** Brings a block into sight, marks it and gives it the focus. */
export function visit(block: HTMLElement, scroll = true): void {
  for (const old of document.querySelectorAll('.rf-flash')) old.classList.remove('rf-flash');
  block.classList.add('rf-flash');
  block.tabIndex = -1;
  block.focus({ preventScroll: true });
  visited = block;
  if (!scroll) return;
  const top = block.getBoundingClientRect().top + scrollY - 110;
  scrollTo({ top, behavior: 'instant' });
}
