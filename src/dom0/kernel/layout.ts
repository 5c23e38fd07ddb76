import type { Kernel } from '../../xen/public/kernel.ts';
import type { Bench } from '../builder/bench.ts';

/** Arguments of hypercalls. */
export const SCRATCH = 0;
/** The builder looks at a new domain's frames through here. */
const WINDOW = 0x4000_0000;
const WINDOW_FRAMES = 512;
/** dom0's own shared_info page. */
export const SHARED_INFO = 0x5000_0000;
/** From here on, pages that guests have granted to dom0. */
export const GRANTED = 0x5001_0000;

export function benchOf(k: Kernel): Bench {
  return {
    k, scratch: SCRATCH, window: WINDOW, windowFrames: WINDOW_FRAMES,
  };
}
