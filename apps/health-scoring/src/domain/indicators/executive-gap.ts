import { Type } from 'typebox';
import { rolesOf } from '../contacts/contact-facts.js';
import { hasRole } from '../contacts/roles.js';
import { dayOf } from '../time/day.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const executiveGap = defineIndicator({
  kind: 'executive_gap',
  group: 'hygiene',
  dismissable: true,
  byTargets: true,
  settings: Type.Object({ days: Type.Number(), fromDay: Type.Number() }, { additionalProperties: false }),
  judge(view, { days, fromDay }) {
    if (view.ageDays < fromDay || !view.targets.requiredRoles.includes('executive_sponsor') || view.sourceOf('engagement') === 'absent') return null;
    const sponsors = view.stakeholders.filter((contact) => hasRole(rolesOf(contact), 'executive_sponsor'));
    const last = Math.max(...sponsors.map(({ lastTouch }) => (lastTouch === null ? -Infinity : dayOf(lastTouch.at))));
    const gap = view.dayFor('engagement') - last;
    if (gap <= days) return null;
    return { severe: false, text: words.executive.gap(sponsors.length > 0, Number.isFinite(gap) ? gap : null), evidence: [] };
  },
});
