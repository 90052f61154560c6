import { addDays, addMonths, daysBetween, wholeMonthsBetween, type Day } from './day.js';

/**
 * The term that follows `startsOn`..`endsOn` without anybody signing, `steps` terms on: the same length
 * again, counted in months from the first start where the term is whole months (so that a term that began
 * on the 31st does not creep), else in days. A term that ends on the day its successor starts (1 January to
 * 1 January) keeps that habit.
 */
export function followingTerm(startsOn: Day, endsOn: Day, steps: number): { startsOn: Day; endsOn: Day } {
  const dayAfter = addDays(endsOn, 1);
  const months = wholeMonthsBetween(startsOn, dayAfter);
  if (months !== null) {
    return { startsOn: addMonths(startsOn, months * steps), endsOn: addDays(addMonths(startsOn, months * (steps + 1)), -1) };
  }
  const sharedDay = wholeMonthsBetween(startsOn, endsOn);
  if (sharedDay !== null) {
    return { startsOn: addMonths(startsOn, sharedDay * steps), endsOn: addMonths(startsOn, sharedDay * (steps + 1)) };
  }
  const days = daysBetween(startsOn, dayAfter);
  return { startsOn: addDays(startsOn, days * steps), endsOn: addDays(startsOn, days * (steps + 1) - 1) };
}
