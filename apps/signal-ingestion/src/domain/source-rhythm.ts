const hourMs = 3_600_000;
const weekHours = 168;
/** Weeks a rhythm is learnt from, and how many it takes to know one. */
export const rhythmWeeks = 4;
const leastHours = weekHours;
/** A silence is told when one this long comes by chance once in a thousand. */
const surpriseToTell = Math.log(1000);
/** No hour is so sure that its silence alone says more than three of them: e^-3. */
const surestHour = 0.95;

export type Rhythm =
  /** Not a week of history yet. */
  | { readonly kind: 'learning' }
  /** It sends too seldom for its silence to say anything within four weeks. */
  | { readonly kind: 'irregular' }
  /** Silent until `quietAt` (ms), it would have gone quiet against its own rhythm. */
  | { readonly kind: 'regular'; readonly quietAt: number };

/**
 * When a source's silence contradicts its own rhythm. Its hours are taken as independent: hour h of the week was
 * active k of n times, and all hours at the rate r, so it is active again with p = (k + r) / (n + 1). A silence of
 * several hours has the chance prod(1 - p); below 1 in 1,000 the source is quiet. So nights, weekends and whatever
 * else a source does each week are no silence, and one that sends all day is noticed after three hours.
 * `activeHours`: starts of the hours (ms) in which something was accepted; the last is that of the newest receipt.
 */
export function rhythmOf(activeHours: readonly number[]): Rhythm {
  const hours = new Set(activeHours.map((ms) => Math.floor(ms / hourMs)));
  const last = Math.max(...hours);
  const first = Math.max(Math.min(...hours), last - rhythmWeeks * weekHours + 1);
  const known = last - first + 1;
  if (hours.size === 0 || known < leastHours) return { kind: 'learning' };
  const rate = [...hours].filter((hour) => hour >= first).length / known;
  let surprise = 0;
  for (let hour = last + 1; hour <= last + rhythmWeeks * weekHours; hour++) {
    let seen = 0;
    let active = 0;
    for (let before = hour - weekHours; before >= first; before -= weekHours) {
      if (before > last) continue;
      seen++;
      if (hours.has(before)) active++;
    }
    surprise -= Math.log(1 - Math.min(surestHour, (active + rate) / (seen + 1)));
    if (surprise >= surpriseToTell) return { kind: 'regular', quietAt: (hour + 1) * hourMs };
  }
  return { kind: 'irregular' };
}
