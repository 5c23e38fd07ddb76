// Parts of a page that need not live at once. The build has written them, and
// their links work as they are; each comes to life by itself once the page is
// at rest, so that together they do not hold up the reader.
import { type Component, defineAsyncComponent, hydrateOnIdle } from 'vue';

/** At the latest after so many milliseconds. */
const LATEST = 2000;

export function atRest(part: Component): Component {
  return defineAsyncComponent({
    loader: () => Promise.resolve(part),
    hydrate: hydrateOnIdle(LATEST),
  });
}
