import { Type } from 'typebox';
import { pointsOn } from '../scorecard/curve.js';
import { Steps } from '../scorecard/setting-types.js';
import { seatsOf } from '../usage/seats.js';
import { words } from '../words.js';
import { defineMeasure, missing, notApplicable } from './measure.js';

export const activation = defineMeasure({
  id: 'activation',
  family: 'usage',
  unit: 'share of plan',
  restsOn: ['usage', 'license'],
  settings: Type.Object({
    /** Share of the seats that is planned to be in use, by day of life; linear between the days and flat outside them. */
    plan: Steps,
  }, { additionalProperties: false }),
  settingsFault({ plan }) {
    const fault = (detail: string) => ({ pointer: '/plan', detail });
    if (plan.some(([, share]) => share < 0 || share > 1)) return fault('its shares must lie between 0 and 1');
    if (plan.some(([day, share], i) => i > 0 && (day <= plan[i - 1]![0] || share < plan[i - 1]![1]))) return fault('its days must rise, and its shares must not fall');
    return null;
  },
  read(view, { plan }) {
    const day = Math.min(view.dayFor('usage'), view.dayFor('license'));
    const share = pointsOn(plan, view.ageDays - (view.today - day));
    if (share <= 0) return notApplicable(words.activation.notYet);
    const seats = seatsOf(view.facts.licenses, day, null, 0);
    if (seats === null) return missing(words.seats.unknown);
    if (seats.bought === 0) return notApplicable(words.seats.none);
    if (view.facts.usage.firstDay === null && view.sourceOf('usage') === 'absent') return missing(words.noSource('product use'));
    const planned = share * seats.bought;
    const activated = view.activatedContacts();
    return { found: true, value: activated / planned, text: words.activation.reached(activated, planned), evidence: { query: 'kind=usage' } };
  },
  goesBy: () => ['seats', 'activated'],
});
