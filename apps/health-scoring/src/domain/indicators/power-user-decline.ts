import { Type } from 'typebox';
import { isActiveUpTo } from '../contacts/change-contact.js';
import { rolesOf } from '../contacts/contact-facts.js';
import { hasRole } from '../contacts/roles.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';
import { declineSettings, ownDecline } from './own-decline.js';

export const powerUserDecline = defineIndicator({
  kind: 'power_user_decline',
  group: 'use',
  dismissable: true,
  settings: Type.Object(declineSettings, { additionalProperties: false }),
  judge(view, rule, { active }) {
    const powerUsers = view.stakeholders.filter((contact) => hasRole(rolesOf(contact), 'power_user'));
    if (powerUsers.length === 0 || view.facts.lastUsage === null) return null;
    const decline = ownDecline(view, (end) => powerUsers.filter((contact) => isActiveUpTo(contact, end)).length, rule, active);
    if (decline === null) return null;
    return { severe: false, text: words.usage.powerUsers(decline.users, decline.reference), evidence: [view.facts.lastUsage.id], since: decline.since, reference: decline.reference };
  },
});
