import { newContact, type Contact } from '../contact.js';
import { isChanged } from './changed-contact.js';

const before: Contact = { ...newContact('acme', 'sam'), title: 'VP, Operations', company: 'Acme, Inc.', roles: ['executive_sponsor'], stamps: { roles: '1' } };

describe('a contact that an import tells otherwise', () => {
  it.each<[string, Partial<Contact>]>([
    ['another title', { title: 'CFO' }],
    ['another company', { company: 'Globex' }],
    ['other roles', { roles: ['influencer'] }],
    ['a deactivation', { status: 'deactivated' }],
    ['a bounce', { status: 'bounced' }],
  ])('%s may mean that somebody has gone', (_, told) => expect(isChanged(before, { ...before, ...told })).toBe(true));
  it.each<[string, Partial<Contact>]>([
    ['another spelling', { title: 'VP Operations', company: 'ACME' }],
    ['a name and an address', { name: 'Sam', email: 'sam@acme.example' }],
    ['nothing', {}],
  ])('%s does not', (_, told) => expect(isChanged(before, { ...before, ...told })).toBe(false));
  it('what nobody had told before is no change, nor is being there again', () => {
    const known = newContact('acme', 'sam');
    expect(isChanged(known, { ...known, title: 'CFO', company: 'Acme', roles: ['champion'] })).toBe(false);
    expect(isChanged({ ...known, status: 'departed' }, known)).toBe(false);
    expect(isChanged({ ...known, status: 'departed' }, { ...known, status: 'departed' })).toBe(false);
  });
});
