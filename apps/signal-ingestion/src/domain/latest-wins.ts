/**
 * When and by which event a field was last set, as sortable text. Of two writes the later event wins, ties
 * go to the greater id: whatever the order of arrival, the same values remain.
 */
export type Stamp = string;
export type Stamps = Readonly<Record<string, Stamp>>;

/** `occurredAt` in ms since 1970. */
export function stampOf(occurredAt: number, eventId: string): Stamp {
  return `${new Date(occurredAt).toISOString()} ${eventId}`;
}

export function isNewer(stamp: Stamp, stamps: Stamps, field: string): boolean {
  const known = Object.hasOwn(stamps, field) ? stamps[field] : undefined;
  return known === undefined || stamp > known;
}

/** When the event behind a stamp happened, ms since 1970. */
export function timeOf(stamp: Stamp): number {
  return Date.parse(stamp.slice(0, stamp.indexOf(' ')));
}
