import { Type } from 'typebox';
import type { Touch } from '../contacts/contact-facts.js';
import { nameOf, rolesOf } from '../contacts/contact-facts.js';
import { hasRole } from '../contacts/roles.js';
import { isAfter } from '../facts/mark.js';
import { dayOf, isoDay } from '../time/day.js';
import { words } from '../words.js';
import { defineMeasure, missing, notApplicable } from './measure.js';

export const executiveTouch = defineMeasure({
  id: 'executive_touch',
  family: 'engagement',
  unit: 'days',
  restsOn: ['engagement'],
  settings: Type.Object({ neverFromDay: Type.Number() }, { additionalProperties: false }),
  read(view, { neverFromDay }) {
    let last: { touch: Touch; name: string } | null = null;
    for (const contact of view.stakeholders) {
      const touch = contact.lastTouch;
      if (touch === null || !hasRole(rolesOf(contact), 'executive_sponsor')) continue;
      if (last === null || isAfter(touch, last.touch)) last = { touch, name: nameOf(contact) };
    }
    const day = view.dayFor('engagement');
    if (last === null) {
      if (view.ageDays < neverFromDay) return notApplicable(words.executive.tooEarly(neverFromDay));
      if (view.sourceOf('engagement') === 'absent') return missing(words.noSource('meetings or mails'));
      return { found: true, value: Math.max(0, view.ageDays - (view.today - day)), curve: [[0, 0], [1, 0]], text: words.executive.never, evidence: { query: 'kind=engagement' } };
    }
    const days = Math.max(0, day - dayOf(last.touch.at));
    return {
      found: true,
      value: days,
      text: words.executive.last(days, last.name, last.touch.type, isoDay(dayOf(last.touch.at))),
      evidence: { signalIds: [last.touch.id] },
    };
  },
  goesBy: () => ['stakeholder_touches', 'roles'],
});
