import { Type } from 'typebox';
import { assignedDays, type LicenseFacts } from '../facts/fold-license.js';
import { countAt } from '../facts/ring.js';
import { current } from '../facts/spans.js';
import { ActiveDays } from '../scorecard/setting-types.js';
import { weekOf } from '../time/account-week.js';
import type { AccountView } from '../verdict/account-view.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const seatSaturation = defineIndicator({
  kind: 'seat_saturation',
  group: 'opportunity',
  dismissable: true,
  settings: Type.Object({
    above: Type.Number(),
    activeDays: ActiveDays,
    /** Rising: more than at some time this many days ago or less. */
    risingDays: Type.Integer({ minimum: 1, maximum: assignedDays - 1 }),
  }, { additionalProperties: false }),
  judge(view, { above, activeDays, risingDays }, { active }) {
    const full: { product: string; used: number; bought: number; id: string }[] = [];
    for (const [product, license] of view.facts.licenses) {
      const bought = current(license.bought);
      if (bought === null || bought.value === 0) continue;
      const used = license.assigned?.value ?? (product === '' ? view.activeContacts(activeDays) : null);
      if (used === null || used / bought.value <= above) continue;
      // Raised once, it stays while the seats are full.
      if (active === null && !isRising(view, license, risingDays)) continue;
      full.push({ product, used, bought: bought.value, id: license.assigned?.id ?? view.facts.lastUsage?.id ?? bought.last.id });
    }
    if (full.length === 0) return null;
    full.sort((a, b) => b.used / b.bought - a.used / a.bought || (a.product < b.product ? -1 : 1));
    return { severe: false, text: words.seats.full(full), evidence: full.map(({ id }) => id) };
  },
});

function isRising(view: AccountView, { assigned, assignedByDay }: LicenseFacts, days: number): boolean {
  if (assigned !== null) {
    for (let day = view.today - days; day <= view.today; day += 1) {
      const then = countAt(assignedByDay, day);
      if (then > 0 && then < assigned.value) return true;
    }
    return false;
  }
  const { activeInFourWeeks } = view.facts.cohort;
  const last = weekOf(view.dayFor('usage'), view.weekday) - 1;
  const then = countAt(activeInFourWeeks, last - Math.round(days / 7));
  return then > 0 && countAt(activeInFourWeeks, last) > then;
}
