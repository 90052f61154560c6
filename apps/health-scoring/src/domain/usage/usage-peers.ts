import type { EpochDay } from '../time/day.js';

/** Smallest number of contacts of each class but the first: accounts are compared with those of about their size. */
const classStarts = [5, 20, 100, 500];

export const sizeClasses = classStarts.length + 1;

/** Class of an account with `contacts` contacts in use within four weeks, 0 (up to 4) to 4 (500 and more). */
export const sizeClassOf = (contacts: number): number => classStarts.filter((start) => contacts >= start).length;

/** What the use of other accounts of the same size did on the same days. */
export interface UsagePeers {
  /** Share of its own reference below which a class's lowest accounts lay on `day`; null where too few were compared. */
  lowLevelOn(day: EpochDay, sizeClass: number): number | null;
}

export const noPeers: UsagePeers = { lowLevelOn: () => null };
