import { accessAttacks } from './access.ts';
import { eventAttacks } from './events.ts';
import { controlAttacks } from './control.ts';
import { grantAttacks } from './grants.ts';
import { memoryAttacks } from './memory.ts';
import { pagingAttacks } from './paging.ts';
import { segmentAttacks } from './segments.ts';
import type { Attack } from './rig.ts';

export { newScene } from './rig.ts';
export { attempt } from './verdict.ts';

/** Every attack of the book, by the chapter that it is about. */
export const attacks: Readonly<Record<string, readonly Attack[]>> = {
  'direct-paging': pagingAttacks,
  'event-channels': eventAttacks,
  'grant-tables': grantAttacks,
  hypercalls: accessAttacks,
  segments: segmentAttacks,
  memory: memoryAttacks,
  control: controlAttacks,
};
