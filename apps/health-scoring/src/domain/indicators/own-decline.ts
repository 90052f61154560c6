import { Type, type Static } from 'typebox';
import type { ActiveIndicator } from '../state.js';
import { firstDayOf, weekOf, type AccountWeek } from '../time/account-week.js';
import { dayOf, startOf, type EpochMs } from '../time/day.js';
import type { SeenUsers } from '../usage/heaviest-track.js';
import { firstFullWeek, firstWeekOf } from '../usage/usage-track.js';
import { earlierEnds, ownReference } from '../usage/usage-windows.js';
import type { AccountView } from '../verdict/account-view.js';

/** When a fall of a number of users against the account's own reference is raised, and when it is over. */
export const declineSettings = {
  /** Raised at or below this share of the reference on two weekly looks running, cleared at or above `recovered`. */
  level: Type.Number({ minimum: 0, maximum: 1 }),
  recovered: Type.Number({ minimum: 0, maximum: 1 }),
  /** Least reference, users. */
  fewestUsers: Type.Number(),
  /** Least number of earlier windows, unless last year's is known. */
  fewestWindows: Type.Integer(),
};
type Rule = { readonly [K in keyof typeof declineSettings]: Static<(typeof declineSettings)[K]> };

export interface Decline {
  readonly users: number;
  readonly reference: number;
  /** End of the account-week whose look raised it. */
  readonly since: EpochMs;
}

/**
 * A fall of the users in four account-weeks (`usersAt` by the last of them). Both weekly looks are read from the weeks again, so an account
 * that comes with its past is judged as if it had been watched. While it is raised the reference stays what it was at its beginning, whatever becomes of
 * those weeks, and of who counts among the users; it is read again where the facts were (a restatement).
 */
export function ownDecline(view: AccountView, usersAt: (end: AccountWeek) => number, rule: Rule, active: ActiveIndicator | null): Decline | null {
  const first = firstFullWeek(view.facts.usage, view.weekday);
  if (first === null) return null;
  const start = firstWeekOf(first, view.state.memory.usageTrack);
  const last = weekOf(view.dayFor('usage'), view.weekday) - 1;
  const seen = (end: AccountWeek): SeenUsers => ({ users: usersAt(end), reference: earlierEnds(end, start).length < rule.fewestWindows ? null : ownReference(usersAt, end, start) });
  const raised = active && { users: usersAt(last), reference: active.reference ?? ownReference(usersAt, weekOf(dayOf(active.since), view.weekday) - 1, start) };
  return declineOf({ week: last, now: seen(last), before: seen(last - 1), raised }, view.weekday, rule, active);
}

/** What two weekly looks running saw, the second of them after `week`; `raised`: of those whose fall stands. */
export interface SeenDecline {
  readonly week: AccountWeek;
  readonly now: SeenUsers | null;
  readonly before: SeenUsers | null;
  readonly raised: SeenUsers | null;
}

/** The fall that both looks saw; of one that stands (`active`) what it has come to, until enough of those users are back. */
export function declineOf({ week, now, before, raised }: SeenDecline, weekday: number, rule: Omit<Rule, 'fewestWindows'>, active: ActiveIndicator | null): Decline | null {
  if (active !== null) {
    const seen = raised ?? now;
    const reference = active.reference ?? seen?.reference ?? null;
    return seen === null || reference === null || seen.users >= rule.recovered * reference ? null : { users: seen.users, reference, since: active.since };
  }
  if (!hasFallen(now, rule) || !hasFallen(before, rule)) return null;
  return { ...now, since: startOf(firstDayOf(week + 1, weekday)) };
}

const hasFallen = (seen: SeenUsers | null, { level, fewestUsers }: Omit<Rule, 'fewestWindows'>): seen is SeenUsers & { readonly reference: number } =>
  seen !== null && seen.reference !== null && seen.reference >= fewestUsers && seen.users <= level * seen.reference;
