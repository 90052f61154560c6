import type { ContactFacts } from '../domain/contacts/contact-facts.js';

/** What can be read of the contacts that are kept. */
export abstract class ContactQueries {
  /** Contacts of the account by id, after `startingAfter`; null where there is none of that id. */
  abstract page(accountId: string, limit: number, startingAfter: string | null): Promise<ContactFacts[] | null>;
  /** Contacts of the account that looks need one by one, and those named. */
  abstract keptOrNamed(accountId: string, personIds: readonly string[]): Promise<ContactFacts[]>;
  /** Contacts that looks need one by one, by account. */
  abstract keptOf(accountIds: readonly string[]): Promise<ReadonlyMap<string, ContactFacts[]>>;
}
