import type { VerdictMemory } from '../state.js';
import type { AccountWeek } from '../time/account-week.js';
import type { EpochDay } from '../time/day.js';

/** How many of a set of users were active in the four account-weeks of a look. */
export interface SeenUsers {
  readonly users: number;
  /** What that is held against; null: too little history. */
  readonly reference: number | null;
}

/**
 * What the last weekly look at the heaviest users counted. Contacts are not kept with the account, so it is all that
 * the looks until the next one know. It holds no names.
 */
export interface HeaviestTrack {
  /** Last completed account-week it looked at, and the day on which it did. */
  readonly week: AccountWeek;
  readonly takenOn: EpochDay;
  /** Mark of the settings it went by (`heaviestRuleOf`). */
  readonly rule: number;
  /** Use of completed weeks came to be known since. */
  readonly isChanged: boolean;
  /** Those of this look, and of the one a week before; null: too few users, or too short a history. */
  readonly now: SeenUsers | null;
  readonly before: SeenUsers | null;
  /** Those of the look that raised a fall which still stands, as they are now; null while none does. */
  readonly raised: SeenUsers | null;
}

/** Somebody used the product in `week`. What is known of weeks that were looked at already is looked at again, on another day. */
export function noteUse(memory: VerdictMemory, week: AccountWeek): void {
  const track = memory.heaviest;
  if (track !== null && !track.isChanged && week <= track.week) memory.heaviest = { ...track, isChanged: true };
}
