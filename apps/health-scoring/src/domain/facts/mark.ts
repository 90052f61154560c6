import type { EpochMs } from '../time/day.js';

/** When something was said and by which signal. Marks are ordered by instant, then signal id. */
export interface Mark {
  readonly at: EpochMs;
  readonly id: string;
}

/** True when `a` comes after `b`: the order in which the latest word wins, whatever order they arrive in. */
export const isAfter = (a: Mark, b: Mark): boolean => a.at > b.at || (a.at === b.at && a.id > b.id);

/** The later of a known mark (or none) and a new one. */
export const latest = <M extends Mark>(known: M | null, next: M): M => (known === null || isAfter(next, known) ? next : known);

/** The earlier of a known mark (or none) and a new one. */
export const earliest = <M extends Mark>(known: M | null, next: M): M => (known === null || isAfter(known, next) ? next : known);
