import { firstDayOf, type AccountWeek } from '../time/account-week.js';
import type { EpochDay } from '../time/day.js';
import type { ContactFacts } from './contact-facts.js';

/** When one contact used the product. */
export type PersonUse = Pick<ContactFacts, 'personId' | 'lastActiveDay' | 'activeDays' | 'activeWeek' | 'activeWeeks'>;

/** 64 weeks. */
export const activeDaysKept = 448;
const kept = (1n << BigInt(activeDaysKept)) - 1n;

/** The contact used the product on `day`; moves its last such day along. False when that is known, or too old. */
export function markActiveDay(contact: ContactFacts, day: EpochDay): boolean {
  const ahead = day - contact.lastActiveDay;
  if (ahead > 0) {
    contact.activeDays = ahead >= activeDaysKept ? 1n : ((contact.activeDays << BigInt(ahead)) | 1n) & kept;
    contact.lastActiveDay = day;
    return true;
  }
  if (-ahead >= activeDaysKept) return false;
  const bit = 1n << BigInt(-ahead);
  if ((contact.activeDays & bit) !== 0n) return false;
  contact.activeDays |= bit;
  return true;
}

/**
 * Days of use in the account-weeks [from, to], at most 52 of them; a week of which no more is known than that there was use counts as one day.
 */
export function daysOfUse({ lastActiveDay, activeDays, activeWeek, activeWeeks }: PersonUse, from: AccountWeek, to: AccountWeek, weekday: number): number {
  let days = upTo(activeDays, lastActiveDay, firstDayOf(to, weekday) + 6);
  let weeks = Number(BigInt.asUintN(to - from + 1, upTo(activeWeeks, activeWeek, to)));
  let count = 0;
  for (let week = to; week >= from; week -= 1) {
    count += Math.max(weeks % 2, ones(Number(BigInt.asUintN(7, days))));
    days >>= 7n;
    weeks = Math.floor(weeks / 2);
  }
  return count;
}

/** Bits that go back from `newest`, as such that go back from `last`. */
function upTo(bits: bigint, newest: number, last: number): bigint {
  const back = newest - last;
  if (Math.abs(back) >= activeDaysKept) return 0n;
  return back >= 0 ? bits >> BigInt(back) : bits << BigInt(-back);
}

function ones(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count += 1;
  return count;
}
