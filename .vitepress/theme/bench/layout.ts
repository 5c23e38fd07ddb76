// Which panels stand together, by the room that there is.
export const PANELS = {
  code: 'Instructions',
  source: 'Source',
  registers: 'Registers',
  floats: 'x87 and SSE',
  rings: 'Rings',
  events: 'Traps',
  walk: 'Page walk',
  memory: 'Memory',
  screen: 'Screen',
  console: 'Console',
  counters: 'Counters',
} as const;
export type Panel = keyof typeof PANELS;

export interface Group {
  readonly name: string;
  readonly panels: readonly Panel[];
}
export type Room = 'narrow' | 'medium' | 'wide';

export function roomOf(width: number): Room {
  if (width < 540) return 'narrow';
  return width < 1040 ? 'medium' : 'wide';
}

const GROUPS: Record<Room, readonly Group[]> = {
  narrow: [
    { name: 'now', panels: ['code', 'source', 'registers', 'floats', 'rings'] },
    { name: 'run', panels: ['events', 'walk', 'memory', 'screen', 'console', 'counters'] },
  ],
  medium: [
    { name: 'now', panels: ['code', 'source'] },
    { name: 'state', panels: ['registers', 'floats', 'rings'] },
    { name: 'run', panels: ['events', 'walk', 'memory', 'screen', 'console', 'counters'] },
  ],
  wide: [
    { name: 'now', panels: ['code', 'source'] },
    { name: 'state', panels: ['registers', 'floats'] },
    { name: 'rings', panels: ['rings'] },
    { name: 'run', panels: ['events'] },
    { name: 'look', panels: ['walk', 'memory', 'screen', 'console', 'counters'] },
  ],
};

/** Without the panels that have nothing to show. */
export function groupsOf(
  room: Room, without: ReadonlySet<Panel>,
): readonly Group[] {
  return GROUPS[room].map((g) => ({
    ...g, panels: g.panels.filter((p) => !without.has(p)),
  }));
}
