import { Type } from 'typebox';
import { nameOf, rolesOf, type ContactFacts } from '../contacts/contact-facts.js';
import { hasRole } from '../contacts/roles.js';
import type { Mark } from '../facts/mark.js';
import { isAfter } from '../facts/mark.js';
import { dayMs } from '../time/day.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';
import { roleSince } from './role-since.js';

/** The latest sign that a contact is gone. */
export function goneMark(contact: ContactFacts): { mark: Mark; why: string } | null {
  let gone: { mark: Mark; why: string } | null = null;
  for (const sign of ['departed', 'deactivated', 'bounced'] as const) {
    const mark = contact[sign];
    if (mark !== null && (gone === null || isAfter(mark, gone.mark))) gone = { mark, why: words.people[sign] };
  }
  return gone;
}

export const championLeft = defineIndicator({
  kind: 'champion_left',
  group: 'people',
  dismissable: true,
  settings: Type.Object({ evidenceDays: Type.Number() }, { additionalProperties: false }),
  judge(view, { evidenceDays }) {
    let left: { contact: ContactFacts; mark: Mark; why: string } | null = null;
    for (const contact of view.stakeholders) {
      const since = roleSince(contact, 'champion');
      const gone = goneMark(contact);
      if (since === null || gone === null || gone.mark.at < since || gone.mark.at < view.asOf - evidenceDays * dayMs) continue;
      const followed = view.stakeholders.some(
        (other) => other !== contact && hasRole(rolesOf(other), 'champion') && goneMark(other) === null && other.lastTouch !== null && other.lastTouch.at > gone.mark.at,
      );
      if (!followed && (left === null || isAfter(gone.mark, left.mark))) left = { contact, ...gone };
    }
    if (left === null) return null;
    return { severe: true, subject: left.contact.personId, text: words.people.champion(nameOf(left.contact), left.why), evidence: [left.mark.id], newsAt: left.mark.at };
  },
});
