import { Type } from 'typebox';
import { lastActiveDays, lastTouchedDays } from '../contacts/cohort.js';

/*
 * Limits of settings that more than one rule has. What is counted is kept for so many days only: a longer window would count
 * less than it says. Numbers in general are bounded in `check-scorecard`.
 */

/** Days within which contacts used the product. */
export const ActiveDays = Type.Integer({ minimum: 1, maximum: lastActiveDays });
/** Days within which contacts were touched. */
export const ContactTouchDays = Type.Integer({ minimum: 1, maximum: lastTouchedDays });
/** Days from Monday to Friday, counted one by one at each look. */
export const BusinessDays = Type.Integer({ minimum: 1, maximum: 260 });
/** Account-weeks of tickets: those opened are counted for twice as many, so that they can be held against what was usual. */
export const TicketWeeks = Type.Integer({ minimum: 3, maximum: 20 });
/** Shares by day or month, linear between these and flat outside them. */
export const Steps = Type.Array(Type.Unsafe<[number, number]>(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })), { minItems: 1, maxItems: 20 });
