import { normalCompany, normalTitle } from '@perennial/contracts/compared-words';
import { rolesOf, type Contact } from '../contact.js';

/**
 * True when what is told of a contact now, and was told otherwise before, may mean that somebody has gone: another title or company (not another
 * spelling), other roles, or that they were deactivated, bounced or left. What nobody had told before is no change.
 */
export function isChanged(before: Contact, after: Contact): boolean {
  const differs = (one: string | null, other: string | null, normal: (text: string) => string): boolean => one !== null && other !== null && normal(one) !== normal(other);
  const [had, has] = [rolesOf(before), rolesOf(after)];
  return (
    differs(before.title, after.title, normalTitle) ||
    differs(before.company, after.company, normalCompany) ||
    (after.status !== 'active' && after.status !== before.status) ||
    (had.length > 0 && had.join() !== has.join())
  );
}
