import { Type, type Static } from 'typebox';
import { activeDaysKept, daysOfUse, type PersonUse } from '../contacts/active-days.js';
import { isActiveUpTo } from '../contacts/change-contact.js';
import type { AccountWeek } from '../time/account-week.js';
import type { SeenUsers } from './heaviest-track.js';
import { earlierEnds, lastYearsNumber, ownReference, windowWeeks, yearWeeks } from './usage-windows.js';

/** Who an account's heaviest users are at a look: the top `share` by days of use in these weeks before it. Week 1 is the last completed one. */
export const HeaviestUsers = Type.Object({
  share: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
  fromWeek: Type.Integer({ minimum: windowWeeks + 1, maximum: 52 }),
  toWeek: Type.Integer({ minimum: windowWeeks + 1, maximum: 52 }),
  /** That share must be at least so many users: of fewer nothing is said. */
  fewestUsers: Type.Integer({ minimum: 1 }),
}, { additionalProperties: false });
export type HeaviestUsers = Static<typeof HeaviestUsers>;

/** What `power_user_decline` is about where it goes by the heaviest users. */
export const heaviestUsers = 'heaviest';

const weeksKept = activeDaysKept / 7;

/** The earliest look whose weeks are still known of everybody where `last` is the last completed week: one more is under way, and somebody may be active in it already. */
export const earliestLook = (last: AccountWeek, { fromWeek }: HeaviestUsers): AccountWeek => last - (weeksKept - 1 - fromWeek);

/**
 * The heaviest users at the look that closed `end`, whatever they did since. Users level with the last of the share are in: no chance decides
 * between them. Null where the share is fewer than `fewestUsers`.
 */
export function heaviestAt(people: readonly PersonUse[], end: AccountWeek, weekday: number, { share, fromWeek, toWeek, fewestUsers }: HeaviestUsers): PersonUse[] | null {
  const used = people.map((person) => ({ person, days: daysOfUse(person, end - fromWeek + 1, end - toWeek + 1, weekday) })).filter(({ days }) => days > 0);
  // Without the error of a tenth of fifty in binary.
  const wanted = Math.ceil(Math.round(share * used.length * 1e6) / 1e6);
  if (wanted < fewestUsers) return null;
  const least = used.map(({ days }) => days).sort((a, b) => b - a)[wanted - 1]!;
  return used.filter(({ days }) => days >= least).map(({ person }) => person);
}

export interface HeaviestLook {
  /** The look that says who they are. */
  readonly end: AccountWeek;
  /** The look at which they are counted. */
  readonly at: AccountWeek;
  /** First week of the account's history, and the first that counts as reference. */
  readonly first: AccountWeek;
  readonly start: AccountWeek;
  readonly weekday: number;
}

/** How many of the heaviest users at `end` were active in the four weeks up to `at`, and how many of the same people usually were before `end`. */
export function seenUsers(people: readonly PersonUse[], { end, at, first, start, weekday }: HeaviestLook, rule: HeaviestUsers, fewestWindows: number): SeenUsers | null {
  const heaviest = end - rule.fromWeek + 1 < first ? null : heaviestAt(people, end, weekday, rule);
  if (heaviest === null) return null;
  const activeUpTo = (week: AccountWeek): number => heaviest.filter((person) => isActiveUpTo(person, week)).length;
  return { users: activeUpTo(at), reference: earlierEnds(end, start).length < fewestWindows ? null : usualOf(heaviest, activeUpTo, end, start) };
}

/**
 * As many as usual. Last year not all of them were there yet: what counts of it is the share that was active of those who were, in these weeks or the
 * four before, so that a season is no fall and a team that grew is not held against what it was.
 */
function usualOf(heaviest: readonly PersonUse[], activeUpTo: (week: AccountWeek) => number, end: AccountWeek, start: AccountWeek): number | null {
  const lastYear = lastYearsNumber(activeUpTo, end, start);
  if (lastYear === null) return ownReference(activeUpTo, end, start);
  const then = end - yearWeeks;
  const there = heaviest.filter((person) => isActiveUpTo(person, then) || isActiveUpTo(person, then - windowWeeks)).length;
  return Math.round((heaviest.length * lastYear) / there);
}
