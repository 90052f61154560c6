import { Type } from 'typebox';
import { seatsBeginAt } from '../facts/fold-contract.js';
import { pointsOn, type Curve } from '../scorecard/curve.js';
import { ActiveDays, Steps } from '../scorecard/setting-types.js';
import { isoDay } from '../time/day.js';
import { seatsOf } from '../usage/seats.js';
import { contactsActiveIn } from '../days/told-facts.js';
import { words } from '../words.js';
import { defineMeasure, missing, notApplicable } from './measure.js';

export const licenseUtilisation = defineMeasure({
  id: 'license_utilisation',
  family: 'usage',
  unit: 'share',
  restsOn: ['license'],
  settings: Type.Object({
    fromDay: Type.Number(),
    activeDays: ActiveDays,
    settledDays: Type.Number(),
    /** Share of seats at which red ends and green begins, by month of life. */
    red: Steps,
    green: Steps,
  }, { additionalProperties: false }),
  ownCurve: true,
  settingsFault({ red, green }) {
    const months = [...red, ...green].map(([month]) => month);
    for (const [name, shares] of [['red', red], ['green', green]] as const) {
      if (shares.some(([month], i) => i > 0 && month <= (shares[i - 1]?.[0] ?? month))) return { pointer: `/${name}`, detail: 'its months must rise' };
    }
    // Both are linear between the stated months: what holds at these holds everywhere.
    const holds = months.every((month) => 0 < pointsOn(red, month) && pointsOn(red, month) < pointsOn(green, month) && pointsOn(green, month) < 1);
    return holds ? null : { pointer: '', detail: 'red must lie above 0, below green, and green below 1, in every month' };
  },
  read(view, settings) {
    const day = view.dayFor('license');
    const seats = seatsOf(view.facts.licenses, day, seatsBeginAt(view.facts.contracts, day), settings.settledDays);
    if (view.ageDays < settings.fromDay) return notApplicable(words.seats.tooEarly(settings.fromDay));
    if (seats === null) return missing(words.seats.unknown);
    if (seats.bought === 0) return notApplicable(words.seats.none);
    const used = seats.assigned ?? view.activeContacts(settings.activeDays);
    const red = pointsOn(settings.red, view.ageMonths);
    const green = pointsOn(settings.green, view.ageMonths);
    const curve: Curve = [[0, 0], [red, 40], [green, 70], [1, 100]];
    return {
      found: true,
      value: used / seats.bought,
      curve,
      text: words.seats.used(used, seats.bought, seats.assigned !== null),
      evidence: { query: seats.assigned === null ? `kind=usage&from=${isoDay(day - settings.activeDays + 1)}` : 'kind=license' },
      restsOn: seats.assigned === null ? ['license', 'usage'] : ['license'],
    };
  },
  goesBy: (view, { activeDays }) => ['seats', 'terms', ...([...view.facts.licenses.values()].every(({ assigned }) => assigned !== null) ? [] : [contactsActiveIn(activeDays)])],
});
