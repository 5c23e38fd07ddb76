// A change between light and dark is one: no part of the page fades after the
// others. VueUse can see to that too, but styles the whole document twice more
// for it at every page's start.
import { useData } from 'vitepress';
import { watch } from 'vue';

const SWITCHING = 'rf-switching';

/** For the layout's setup. */
export function switchAtOnce(): void {
  watch(useData().isDark, () => {
    const { classList } = document.documentElement;
    classList.add(SWITCHING);
    // The next frame has the new colours; the one after it is at rest.
    requestAnimationFrame(() => {
      requestAnimationFrame(() => { classList.remove(SWITCHING); });
    });
  }, { flush: 'sync' });
}
