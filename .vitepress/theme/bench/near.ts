// A bench opens where the reader stays near it, and not before.
import { onMounted, onUnmounted, type Ref } from 'vue';

/** How long the reader must stay before it opens unasked, in ms. */
const STAY = 400;

function saves(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  return connection?.saveData ?? false;
}

/** Sets `open` in time; those who save data are asked to press. */
export function openWhenNear(
  place: Readonly<Ref<HTMLElement | undefined>>, open: Ref<boolean>,
): void {
  let observer: IntersectionObserver | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  onMounted(() => {
    if (open.value || saves() || !place.value) return;
    observer = new IntersectionObserver(([entry]) => {
      clearTimeout(timer);
      if (!entry?.isIntersecting) return;
      timer = setTimeout(() => { open.value = true; }, STAY);
    }, { rootMargin: '200px 0px' });
    observer.observe(place.value);
  });
  onUnmounted(() => {
    clearTimeout(timer);
    observer?.disconnect();
  });
}
