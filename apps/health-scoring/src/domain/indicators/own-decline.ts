import { Type, type Static } from 'typebox';
import type { ActiveIndicator } from '../state.js';
import { firstDayOf, weekOf, type AccountWeek } from '../time/account-week.js';
import { dayOf, startOf, type EpochMs } from '../time/day.js';
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
  const users = usersAt(last);
  if (active !== null) {
    const reference = active.reference ?? ownReference(usersAt, weekOf(dayOf(active.since), view.weekday) - 1, start);
    return reference === null || users >= rule.recovered * reference ? null : { users, reference, since: active.since };
  }
  const fallenFrom = (end: AccountWeek): number | null => {
    const reference = ownReference(usersAt, end, start);
    if (reference === null || reference < rule.fewestUsers || usersAt(end) > rule.level * reference) return null;
    return earlierEnds(end, start).length < rule.fewestWindows ? null : reference;
  };
  const reference = fallenFrom(last);
  if (reference === null || fallenFrom(last - 1) === null) return null;
  return { users, reference, since: startOf(firstDayOf(last + 1, view.weekday)) };
}

