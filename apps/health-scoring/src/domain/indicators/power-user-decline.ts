import { Type, type Static } from 'typebox';
import { isActiveUpTo } from '../contacts/change-contact.js';
import { rolesOf } from '../contacts/contact-facts.js';
import { hasRole } from '../contacts/roles.js';
import { HeaviestUsers, heaviestUsers } from '../usage/heaviest-users.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';
import { declineOf, declineSettings, ownDecline } from './own-decline.js';

/** `heaviest`: who the power users of an account are that has none by role; left out, it has none then. */
const PowerUserSettings = Type.Object({ ...declineSettings, heaviest: Type.Optional(HeaviestUsers) }, { additionalProperties: false });
export type PowerUserSettings = Static<typeof PowerUserSettings>;

/** Power users by role; where no contact has it, the heaviest users, whom the weekly look counted before (`advance-heaviest`). */
export const powerUserDecline = defineIndicator({
  kind: 'power_user_decline',
  group: 'use',
  dismissable: true,
  settings: PowerUserSettings,
  judge(view, rule, { active }) {
    const { facts: { lastUsage }, state: { memory } } = view;
    if (lastUsage === null) return null;
    const evidence = [lastUsage.id];
    // What one of the two says is no news of the other.
    const isOfHeaviest = active?.subject === heaviestUsers;
    const powerUsers = view.stakeholders.filter((contact) => hasRole(rolesOf(contact), 'power_user'));
    if (powerUsers.length > 0) {
      const decline = ownDecline(view, (end) => powerUsers.filter((contact) => isActiveUpTo(contact, end)).length, rule, isOfHeaviest ? null : active);
      return decline && { severe: false, text: words.usage.powerUsers(decline.users, decline.reference), evidence, since: decline.since, reference: decline.reference };
    }
    const { heaviest } = rule;
    if (heaviest === undefined || memory.heaviest === null) return null;
    const decline = declineOf(memory.heaviest, view.weekday, { ...rule, fewestUsers: heaviest.fewestUsers }, isOfHeaviest ? active : null);
    return decline && { severe: false, subject: heaviestUsers, text: words.usage.heaviestUsers(decline.users, decline.reference, heaviest), evidence, since: decline.since, reference: decline.reference };
  },
});
