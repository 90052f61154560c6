import { hashOf } from '../codec/hash.js';
import type { PersonUse } from '../contacts/active-days.js';
import { rolesOf } from '../contacts/contact-facts.js';
import { hasRole } from '../contacts/roles.js';
import type { PowerUserSettings } from '../indicators/power-user-decline.js';
import type { ScorecardIndicator } from '../scorecard/scorecard.js';
import type { SourceLiveness } from '../sources/source-liveness.js';
import type { AccountHealthState } from '../state.js';
import { weekdayOf, weekOf, type AccountWeek } from '../time/account-week.js';
import { dayOf, type EpochMs } from '../time/day.js';
import type { SeenUsers } from './heaviest-track.js';
import { earliestLook, heaviestUsers, seenUsers } from './heaviest-users.js';
import { firstFullWeek, firstWeekOf } from './usage-track.js';
import { earlierEnds } from './usage-windows.js';

/** The last completed week; while nobody's use arrives it stays the last before that. */
function lastWeek({ accountId }: AccountHealthState, sources: SourceLiveness, asOf: EpochMs): AccountWeek {
  return weekOf(dayOf(Math.min(asOf, sources.usage?.staleAt ?? Infinity)), weekdayOf(accountId)) - 1;
}

const settingsOf = (indicators: readonly ScorecardIndicator[]): PowerUserSettings | undefined =>
  // Checked against its schema when the scorecard was compiled.
  indicators.find(({ kind }) => kind === 'power_user_decline')?.settings as PowerUserSettings | undefined;

/** Mark of what a scorecard takes for heaviest users, 14 bits: two of two settings are hardly ever the same. */
export function heaviestRuleOf(indicators: readonly ScorecardIndicator[]): number {
  const { heaviest, fewestWindows } = settingsOf(indicators) ?? {};
  return heaviest === undefined ? 0 : hashOf([heaviest.share, heaviest.fromWeek, heaviest.toWeek, heaviest.fewestUsers, fewestWindows].join()) % 2 ** 14;
}

/**
 * The use of all contacts is asked for: a week was completed since they were looked at last, or what was known of completed weeks changed and
 * it is another day, or other settings are in force (`rules`; 0: none) than then. Never of an account with power users by role, nor of one without a reference yet.
 */
export function isHeaviestLookDue(state: AccountHealthState, sources: SourceLiveness, asOf: EpochMs, rules: readonly number[]): boolean {
  if (rules.every((rule) => rule === 0)) return false;
  const { facts, memory: { heaviest, usageTrack } } = state;
  const last = lastWeek(state, sources, asOf);
  if (heaviest !== null && heaviest.week >= last && rules.includes(heaviest.rule) && !(heaviest.isChanged && heaviest.takenOn < dayOf(asOf))) return false;
  const first = firstFullWeek(facts.usage, weekdayOf(state.accountId));
  if (first === null || earlierEnds(last, firstWeekOf(first, usageTrack)).length === 0) return false;
  for (const contact of state.contacts.values()) if (hasRole(rolesOf(contact), 'power_user')) return false;
  return true;
}

/** Takes the weekly look at the heaviest users where it is due; `everyone`: the use of all contacts of the account. */
export function advanceHeaviest(state: AccountHealthState, everyone: readonly PersonUse[], sources: SourceLiveness, asOf: EpochMs, indicators: readonly ScorecardIndicator[]): void {
  const rule = heaviestRuleOf(indicators);
  if (!isHeaviestLookDue(state, sources, asOf, [rule])) return;
  const { memory, facts } = state;
  const weekday = weekdayOf(state.accountId);
  const last = lastWeek(state, sources, asOf);
  const taken = { week: last, takenOn: dayOf(asOf), rule, isChanged: false };
  memory.heaviest = { ...taken, now: null, before: null, raised: null };
  const { heaviest, fewestWindows = 0 } = settingsOf(indicators) ?? {};
  const first = firstFullWeek(facts.usage, weekday);
  if (heaviest === undefined || first === null) return;
  const start = firstWeekOf(first, memory.usageTrack);
  const seen = (end: AccountWeek, at: AccountWeek, fewest: number): SeenUsers | null => seenUsers(everyone, { end, at, first, start, weekday }, heaviest, fewest);
  const active = state.indicators.find(({ kind, subject }) => kind === 'power_user_decline' && subject === heaviestUsers);
  // Those of the look that raised it, as long as it is known who they were.
  const raisedAt = active && Math.max(weekOf(dayOf(active.since), weekday) - 1, earliestLook(last, heaviest));
  memory.heaviest = { ...taken, now: seen(last, last, fewestWindows), before: seen(last - 1, last - 1, fewestWindows), raised: raisedAt === undefined ? null : seen(raisedAt, last, 0) };
}
