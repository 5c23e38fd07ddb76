// How a bench writes numbers, and what it calls its panels.
import type { BenchView, EventView } from '../../../src/labs/view';

/** `0x0000_7c00`: eight digits in two groups, as the book writes them. */
export function hex32(value: number): string {
  const digits = (value >>> 0).toString(16).padStart(8, '0');
  return `${digits.slice(0, 4)}_${digits.slice(4)}`;
}

export function hex(value: number, digits = 1): string {
  return value.toString(16).padStart(digits, '0');
}

/** `1,234,567`: a count. A locale would do it too, and be loaded for it. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

export type Names = ReadonlyMap<string, number>;

/** What a reader typed as an address: a register's name, a label of the
 * program, or hex digits; undefined: it is none. */
export function parseAddress(text: string, names: Names): number | undefined {
  const word = text.trim();
  const named = names.get(word) ?? names.get(word.toUpperCase());
  if (named !== undefined) return named;
  const digits = word.replace(/^0x/i, '').replaceAll('_', '');
  if (!/^[0-9a-f]{1,8}$/i.test(digits)) return undefined;
  return Number.parseInt(digits, 16);
}

/** A letter for a byte, a dot where it has none. */
export function letter(byte: number | null): string {
  if (byte === null) return ' ';
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
}

/** The event that is about to happen, else the last that did. */
export function currentEvent(view: BenchView): EventView | undefined {
  const { shown } = view.events;
  return shown.find((e) => e.at === view.where.now && !e.past)
    ?? shown.findLast((e) => e.past);
}

/** Which of the four colours an event has. */
export function eventTone(event: EventView): string {
  if (event.outcome === 'fatal' || event.outcome === 'refused') return 'fault';
  if (event.kind === 'fault') return 'fault';
  return event.kind === 'interrupt' ? 'hardware' : 'hypervisor';
}

/** The same for the way into the hypervisor: a hypercall is asked for, also
 * where the answer will be no. */
export function crossingTone(event: EventView): string {
  return event.kind === 'hypercall' ? 'hypervisor' : eventTone(event);
}
