// What every bench has around it: a width that its panels go by, and a way to
// fill the window.
import { nextTick, onMounted, onUnmounted, ref, type Ref, watch } from 'vue';

export interface Frame {
  /** Of the bench, in CSS pixels. */
  readonly width: Ref<number>;
  /** Whether it fills the window; the page behind it does not scroll then. */
  readonly big: Ref<boolean>;
}

/** Gives the bench's root, once it is there, a frame. */
export function frameOf(root: Readonly<Ref<HTMLElement | undefined>>): Frame {
  const [width, big] = [ref(680), ref(false)];
  let observer: ResizeObserver | undefined;
  watch(big, async (now) => {
    document.documentElement.style.overflow = now ? 'hidden' : '';
    await nextTick();
    root.value?.focus({ preventScroll: true });
  });
  onMounted(() => {
    observer = new ResizeObserver(([entry]) => {
      if (entry) width.value = entry.contentRect.width;
    });
    observer.observe(root.value!);
  });
  onUnmounted(() => {
    observer?.disconnect();
    document.documentElement.style.overflow = '';
  });
  return { width, big };
}
