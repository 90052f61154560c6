/** Something said at a time, by a signal with an id. */
export interface Told {
  readonly id: string;
  /** RFC 3339 in UTC with milliseconds, so that instants compare as text. */
  readonly occurredAt: string;
}

/** Order of telling: occurredAt, then id. It does not depend on the order of arrival. */
export function byTelling(a: Told, b: Told): number {
  if (a.occurredAt !== b.occurredAt) return a.occurredAt < b.occurredAt ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** The one told later. */
export function later<T extends Told>(a: T | undefined, b: T): T {
  return a === undefined || byTelling(a, b) < 0 ? b : a;
}
