import type { ContactFacts } from '../contacts/contact-facts.js';
import { rolesOf } from '../contacts/contact-facts.js';
import { hasRole, type Role } from '../contacts/roles.js';
import type { EpochMs } from '../time/day.js';

/** Since when the contact has (or had) the role by signals; before all time where only the account's record says so; null if never. */
export function roleSince(contact: ContactFacts, role: Role): EpochMs | null {
  const span = contact.roles.find((known) => hasRole(known.value, role));
  if (span !== undefined) return span.first.at;
  return hasRole(rolesOf(contact), role) ? -Infinity : null;
}
