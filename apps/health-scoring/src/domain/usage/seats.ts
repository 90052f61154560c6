import type { LicenseFacts } from '../facts/fold-license.js';
import { inForceAt } from '../facts/spans.js';
import { dayMs, startOf, type EpochDay } from '../time/day.js';

export interface Seats {
  readonly bought: number;
  /** Seats assigned as last reported; null where never reported. */
  readonly assigned: number | null;
}

/**
 * Seats that count on `today`: what was there at least `settledDays` (added seats need time), and not less
 * than any such number since the term began (a cut changes nothing until the renewal).
 * The account's own number counts where it is given, else the sum over products. Null without any.
 */
export function seatsOf(licenses: ReadonlyMap<string, LicenseFacts>, today: EpochDay, termStart: EpochDay | null, settledDays: number): Seats | null {
  const whole = licenses.get('');
  const counted = whole !== undefined ? [whole] : [...licenses.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, license]) => license);
  if (counted.length === 0) return null;
  let bought = 0;
  let assigned = 0;
  let reported = false;
  for (const license of counted) {
    bought += settledSeats(license, today, termStart, settledDays);
    if (license.assigned !== null) {
      assigned += license.assigned.value;
      reported = true;
    }
  }
  return { bought, assigned: reported ? assigned : null };
}

function settledSeats(license: LicenseFacts, today: EpochDay, termStart: EpochDay | null, settledDays: number): number {
  const now = startOf(today + 1) - 1;
  const from = termStart === null ? now : Math.min(now, startOf(termStart));
  // The number only changes where a span begins or ends: those instants, the start and now are enough.
  const instants = [now, from, ...license.bought.flatMap((span) => [span.first.at - 1, span.last.at])].filter((at) => at >= from && at <= now);
  return Math.max(0, ...instants.map((at) => leastBefore(license, at, settledDays)));
}

/** Least number in force in the `settledDays` up to `at`; the very first number needs no time. */
function leastBefore(license: LicenseFacts, at: number, settledDays: number): number {
  const since = at - settledDays * dayMs;
  let least = Infinity;
  for (const moment of [since, at, ...license.bought.map((span) => span.first.at)]) {
    if (moment < since || moment > at) continue;
    const seats = inForceAt(license.bought, moment)?.value;
    if (seats !== undefined && seats < least) least = seats;
  }
  return least === Infinity ? 0 : least;
}
