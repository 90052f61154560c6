import { normalCompany, normalTitle } from '@perennial/contracts/compared-words';
import type { SignalOf } from '@perennial/contracts/signal';
import { shortName } from '../facts/keep-newest.js';
import { isAfter, latest, type Mark } from '../facts/mark.js';
import { state } from '../facts/spans.js';
import type { ContactFacts, Touch } from './contact-facts.js';
import { keepStarting, noteImported } from './imported-word.js';
import { roleSet, type Role } from './roles.js';

/** Values remembered of a contact's title, company and roles. */
const mostValues = 4;
const mostMissed = 3;

export function foldPerson(contact: ContactFacts, signal: SignalOf<'person'>, mark: Mark): void {
  const { importId, data: { change, name, title, roles, company } } = signal;
  if (name !== undefined) contact.name = latest(contact.name, { ...mark, value: shortName(name) });
  if (title !== undefined) state(contact.titles, normalTitle(title), mark, mostValues);
  if (company !== undefined) state(contact.companies, normalCompany(company), mark, mostValues);
  if (roles !== undefined) state(contact.roles, roleSet(roles), mark, mostValues);
  const gone = change === 'deactivated' || change === 'bounced' || change === 'departed' ? change : null;
  if (importId !== undefined) noteImported(contact, { ...mark, importId, gone });
  else if (gone !== null) contact[gone] = latest(contact[gone], mark);
  keepStarting(contact);
}

export function foldContactTouch(contact: ContactFacts, mark: Mark, type: Touch['type'], role: Role | null): void {
  contact.lastTouch = latest(contact.lastTouch, { ...mark, type });
  if (role !== null) contact.seenRoles |= roleSet([role]);
}

export function foldMissed(contact: ContactFacts, mark: Mark): void {
  if (contact.missed.some(({ id }) => id === mark.id)) return;
  contact.missed = [...contact.missed, mark].sort((a, b) => (isAfter(a, b) ? -1 : 1)).slice(0, mostMissed);
}
