import { hashOf } from '../codec/hash.js';
import type { EpochDay } from './day.js';

/**
 * Weeks of one account: they start on its own weekday, taken from its id, so that the weekly looks of a
 * whole book are spread over seven days.
 */
export type AccountWeek = number;

/** The account's weekday, 0-6, counted from the weekday of 1970-01-01. */
export const weekdayOf = (accountId: string): number => hashOf(accountId) % 7;

/** The account-week in which `day` lies. */
export const weekOf = (day: EpochDay, weekday: number): AccountWeek => Math.floor((day - weekday) / 7);

/** First day of `week`; at 00:00 UTC of it falls the weekly look that closes the week before. */
export const firstDayOf = (week: AccountWeek, weekday: number): EpochDay => week * 7 + weekday;
