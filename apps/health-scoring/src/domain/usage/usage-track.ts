import type { UsageFacts } from '../facts/fold-usage.js';
import type { Cohort } from '../contacts/cohort.js';
import { countAt } from '../facts/ring.js';
import { firstDayOf, weekOf, type AccountWeek } from '../time/account-week.js';
import { lowLevel, sizeClassOf, type PeerRule, type UsagePeers } from './usage-peers.js';
import { earlierEnds, lastYearsNumber, ownReference, robustZ, windowTotal, windowWeeks } from './usage-windows.js';

/** When a fall of use is raised and cleared; from the scorecard. */
export interface UsageDropRule extends PeerRule {
  /** Raised at or below this share of the reference, with the robust z below `z`, on two weekly looks running. */
  readonly level: number;
  readonly z: number;
  readonly fewestWindows: number;
  /** Least spread of an account's use as a share of it, for the look that raises: `ofOne` over the root of its contacts, but not above `most`. */
  readonly contactSpread: { readonly ofOne: number; readonly most: number };
  /** Cleared at or above this share of the frozen reference. */
  readonly recovered: number;
}

/** Where a fall of use stands after the last weekly look. References are in thousandths. */
export interface UsageTrack {
  /** Last completed account-week that was looked at; null before the first. */
  week: AccountWeek | null;
  /** The last weekly look met the rule of entry. */
  entered: boolean;
  /** Raised at the look after `since`, with the references frozen as they were then. */
  raised: { readonly since: AccountWeek; readonly reference: number; readonly contacts: number } | null;
  /** A person took the level of this week for the new normal: earlier weeks are no reference. */
  accepted: { readonly week: AccountWeek; readonly reference: number } | null;
}

export const emptyTrack = (): UsageTrack => ({ week: null, entered: false, raised: null, accepted: null });

/** Weeks of history that can be looked at again after a late signal. */
const replayable = 30;

/** First account-week that the account used the product in full. */
export function firstFullWeek(usage: UsageFacts, weekday: number): AccountWeek | null {
  if (usage.firstDay === null) return null;
  const week = weekOf(usage.firstDay, weekday);
  const full = firstDayOf(week, weekday) === usage.firstDay ? week : week + 1;
  return Math.max(full, usage.weeks.newest - usage.weeks.size + 1);
}

/** First week that counts as history: what lies before an accepted level is none. */
export const firstWeekOf = (first: AccountWeek, track: UsageTrack): AccountWeek => (track.accepted === null ? first : Math.max(first, track.accepted.week - windowWeeks + 1));

/** What a window ending with `end` is held against, thousandths; null while there is no history. */
export const referenceAt = (usage: UsageFacts, end: AccountWeek, first: AccountWeek, track: UsageTrack): number | null =>
  ownReference((week) => windowTotal(usage.weeks, week), end, firstWeekOf(first, track)) ?? track.accepted?.reference ?? null;

/** That reference is the use of the same weeks of last year. */
export const isByYear = (usage: UsageFacts, end: AccountWeek, first: AccountWeek, track: UsageTrack): boolean =>
  lastYearsNumber((week) => windowTotal(usage.weeks, week), end, firstWeekOf(first, track)) !== null;

/** Contacts that usually use the product within four weeks, as `referenceAt`. */
export const contactReferenceAt = (cohort: Cohort, end: AccountWeek, first: AccountWeek, track: UsageTrack): number | null =>
  ownReference((week) => countAt(cohort.activeInFourWeeks, week), end, firstWeekOf(first, track));

/**
 * Takes the weekly looks that are due up to the completed week `upTo`, oldest first, from the weekly totals
 * alone. So an account that arrives with its past is judged as if it had been watched, and a late signal
 * makes the looks it concerns be taken again.
 */
export function advanceTrack(track: UsageTrack, usage: UsageFacts, cohort: Cohort, weekday: number, upTo: AccountWeek, rule: UsageDropRule, peers: UsagePeers): void {
  const first = firstFullWeek(usage, weekday);
  if (first === null) return;
  const changed = usage.changedWeek;
  usage.changedWeek = null;
  if (track.week !== null && changed !== null && changed <= track.week && (track.raised === null || track.raised.since > track.week - replayable)) {
    track.week = track.accepted?.week ?? null;
    track.entered = false;
    track.raised = null;
  }
  for (let week = track.week === null ? first : track.week + 1; week <= upTo; week += 1) {
    const total = windowTotal(usage.weeks, week);
    if (track.raised !== null) {
      if (total >= rule.recovered * track.raised.reference) track.raised = null;
      track.entered = false;
    }
    if (track.raised === null) {
      const reference = referenceAt(usage, week, first, track);
      const unusual = reference !== null && reference > 0 && total <= rule.level * reference ? unusualAt({ usage, cohort, weekday, first, track }, week, total / reference, rule, peers) : 'no';
      const entering = unusual !== 'no' && reference !== null;
      if (entering && track.entered && unusual === 'for_anybody') track.raised = { since: week, reference, contacts: contactReferenceAt(cohort, week, first, track) ?? 0 };
      track.entered = entering;
    }
    track.week = week;
  }
}

interface History {
  readonly usage: UsageFacts;
  readonly cohort: Cohort;
  readonly weekday: number;
  readonly first: AccountWeek;
  readonly track: UsageTrack;
}

/**
 * Unlike what the account itself usually does and, where enough are compared, unlike what its peers did on the same days;
 * `for_anybody` where it is more than its number of people explains: one of three on leave is a third of the use.
 */
function unusualAt({ usage, cohort, weekday, first, track }: History, week: AccountWeek, level: number, rule: UsageDropRule, peers: UsagePeers): 'no' | 'for_many' | 'for_anybody' {
  const ends = earlierEnds(week, firstWeekOf(first, track));
  if (ends.length < rule.fewestWindows) return 'no';
  const usual = contactReferenceAt(cohort, week, first, track) ?? countAt(cohort.activeInFourWeeks, week);
  const low = lowLevel(peers.levelOn(firstDayOf(week + 1, weekday) - 1, sizeClassOf(usual)), rule);
  if (low !== null && level >= low) return 'no';
  const z = (leastSpread: number): number => robustZ(windowTotal(usage.weeks, week) / 1000, ends.map((end) => windowTotal(usage.weeks, end) / 1000), leastSpread);
  if (z(0) >= rule.z) return 'no';
  return usual > 0 && z(Math.min(rule.contactSpread.most, rule.contactSpread.ofOne / Math.sqrt(usual))) >= rule.z ? 'for_many' : 'for_anybody';
}

/** A person accepts the present level: the fall is over and the level is what later ones are held against. */
export function acceptLevel(track: UsageTrack, usage: UsageFacts): void {
  if (track.week === null) return;
  track.accepted = { week: track.week, reference: windowTotal(usage.weeks, track.week) };
  track.raised = null;
  track.entered = false;
}
