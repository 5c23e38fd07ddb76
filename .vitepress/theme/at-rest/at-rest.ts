// Parts of a page that need not live at once. The build has written them, and
// their links work as they are; each comes to life by itself once the page is
// at rest, so that together they do not hold up the reader, or as soon as
// somebody wants something of it.
import {
  type Component, defineAsyncComponent, hydrateOnIdle, hydrateOnInteraction,
  type HydrationStrategy,
} from 'vue';

/** At the latest after so many milliseconds. */
const LATEST = 2000;

const atLatest = hydrateOnIdle(LATEST);
const whenUsed = hydrateOnInteraction(['click', 'keydown', 'focusin']);

const atRestOrUsed: HydrationStrategy = (hydrate, forEach) => {
  let alive = false;
  const once = (): void => {
    if (alive) return;
    alive = true;
    hydrate();
  };
  const ends = [atLatest(once, forEach), whenUsed(once, forEach)];
  return () => ends.forEach((end) => end?.());
};

export function atRest(part: Component): Component {
  return defineAsyncComponent({
    loader: () => Promise.resolve(part), hydrate: atRestOrUsed,
  });
}
