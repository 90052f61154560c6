import type { AccountState } from '@perennial/contracts/account';
import { mergeContacts, stakeholderOf, stakeholderRank, type Contact } from './contact.js';

/** At most this many stakeholders of an account travel with its state. */
const most = 50;

/** The weightiest stakeholders of an account; a person whom several of its members know is one, as last told. */
export function stakeholdersOf(contacts: readonly Contact[]): AccountState['stakeholders'] {
  return [...Map.groupBy(contacts, ({ personId }) => personId).values()]
    .map((same) => same.reduce(mergeContacts))
    .flatMap((contact) => {
      const rank = stakeholderRank(contact);
      return rank === null ? [] : [{ contact, rank }];
    })
    .sort((a, b) => a.rank - b.rank || (a.contact.personId < b.contact.personId ? -1 : 1))
    .slice(0, most)
    .map(({ contact }) => stakeholderOf(contact));
}

