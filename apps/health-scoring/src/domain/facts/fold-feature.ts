import { markFeature } from '../contacts/change-contact.js';
import type { AccountHealthState } from '../state.js';
import type { AccountWeek } from '../time/account-week.js';
import type { EpochDay } from '../time/day.js';
import { latest, type Mark } from './mark.js';
import { emptyRing, type Ring } from './ring.js';

/** Use of one key feature. Which features are key is a setting, so only as many are kept as there are. */
export interface FeatureFacts {
  /** Newest use. */
  last: Mark;
  /** Contacts with use of it in the four account-weeks that end with each week. */
  readonly users: Ring;
}

/** What is known of the past of key features. */
export interface CountedFeatures {
  /** The day since which use of the feature is counted; null: from the beginning. */
  countedSince(name: string): EpochDay | null;
}

export const featureWeeks = 64;

export function foldFeature(state: AccountHealthState, name: string, personId: string | null, week: AccountWeek, mark: Mark): void {
  const { features } = state.facts;
  let feature = features.get(name);
  if (feature === undefined) features.set(name, (feature = { last: mark, users: emptyRing(featureWeeks) }));
  else feature.last = latest(feature.last, mark);
  if (personId !== null) markFeature(state, personId, name, feature.users, week);
}
