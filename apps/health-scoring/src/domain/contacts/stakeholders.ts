import type { AccountState } from '@perennial/contracts/account';
import { count } from './cohort.js';
import { isBare, newContact } from './contact-facts.js';
import { changeContact } from './change-contact.js';
import type { AccountHealthState } from '../state.js';
import { roleSet } from './roles.js';

/** Takes over the roles of the account's own record; who is no longer listed loses what came from there. */
export function applyStakeholders(state: AccountHealthState, stakeholders: AccountState['stakeholders']): void {
  const listed = new Map(stakeholders.map((stakeholder) => [stakeholder.personId, stakeholder]));
  for (const [personId, contact] of state.contacts) {
    if (contact.accountRoles === 0 || listed.has(personId)) continue;
    changeContact(state, personId, (known) => void (known.accountRoles = 0));
    // Known by the record alone, e.g. after a reset: the row goes with the role.
    if (isBare(contact)) state.contacts.delete(personId);
  }
  for (const [personId, { roles, name }] of listed) {
    const set = roleSet(roles);
    const known = state.contacts.get(personId);
    if (known !== undefined && known.accountRoles === set && (name === null || known.name !== null)) continue;
    changeContact(state, personId, (contact) => {
      contact.accountRoles = set;
      // A signal's name is newer than any of the record, which has no date.
      if (name !== null && contact.name === null) contact.name = { at: 0, id: '', value: name };
    });
  }
}

/** After a reset: contacts are forgotten but for what the account's own record says of them. */
export function keepAccountRoles(state: AccountHealthState): void {
  const known = [...state.contacts.values()];
  state.contacts.clear();
  state.dirtyContacts.clear();
  state.contactsCleared = true;
  for (const { personId, accountRoles, name } of known) {
    if (accountRoles === 0) continue;
    const contact = newContact(personId);
    contact.accountRoles = accountRoles;
    if (name !== null) contact.name = { at: 0, id: '', value: name.value };
    state.contacts.set(personId, contact);
    count(state.facts.cohort, contact, 1);
    state.dirtyContacts.add(personId);
  }
}
