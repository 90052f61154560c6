import { Type } from 'typebox';
import { rolesOf } from '../contacts/contact-facts.js';
import { hasRole } from '../contacts/roles.js';
import { goneMark } from '../indicators/champion-left.js';
import { sumOf } from '../facts/ring.js';
import { ContactTouchDays } from '../scorecard/setting-types.js';
import { dayOf, isoDay } from '../time/day.js';
import { words } from '../words.js';
import { defineMeasure, missing, notApplicable } from './measure.js';

export const multithreading = defineMeasure({
  id: 'multithreading',
  family: 'relationship',
  unit: 'of 100',
  restsOn: ['engagement'],
  settings: Type.Object({ windowDays: ContactTouchDays, neverFromDay: Type.Number(), roleShare: Type.Number({ minimum: 0, maximum: 1 }) }, { additionalProperties: false }),
  byTargets: true,
  read(view, { windowDays, neverFromDay, roleShare }, { requiredRoles, contacts }) {
    if (view.facts.touches.last === null && view.ageDays < neverFromDay) return notApplicable(words.touches.tooEarly(neverFromDay));
    if (view.sourceOf('engagement') === 'absent') return missing(words.noSource('meetings or mails'));
    const from = view.dayFor('engagement') - windowDays + 1;
    const touched = sumOf(view.facts.cohort.lastTouched, from, view.today);
    const evidence = { query: `kind=engagement&from=${isoDay(from)}` };
    const absent = requiredRoles.filter(
      (role) =>
        !view.stakeholders.some(
          (contact) =>
            hasRole(rolesOf(contact), role) &&
            goneMark(contact) === null &&
            ((contact.lastTouch !== null && dayOf(contact.lastTouch.at) >= from) || (role === 'power_user' && contact.lastActiveDay >= from)),
        ),
    );
    if (touched === 0) return { found: true, value: 0, text: words.threads.none(windowDays), evidence };
    const roles = requiredRoles.length === 0 ? 1 : 1 - absent.length / requiredRoles.length;
    const breadth = contacts === 0 ? 1 : Math.min(1, touched / contacts);
    return { found: true, value: 100 * (roleShare * roles + (1 - roleShare) * breadth), text: words.threads.reached(touched, absent, windowDays), evidence };
  },
  goesBy: () => ['contact_touches', 'roles', 'power_use'],
});
