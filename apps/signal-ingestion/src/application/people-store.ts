import type { Sql } from '@perennial/persistence/transaction';
import type { Contact, Role } from '../domain/contact.js';
import type { Suggestion } from './suggestions.js';

/** A person at an account, or one who has none yet. */
export interface Person {
  readonly id: string;
  readonly accountId: string | null;
  readonly name: string | null;
  readonly email: string | null;
  readonly title: string | null;
  readonly roles: readonly string[];
  readonly status: string;
  /** Signals that wait until the person gets an account. */
  readonly waitingSignals: number;
  /** Newest signal that waits; null: none does. */
  readonly lastSeenAt: Date | null;
  readonly suggestions: readonly Suggestion[];
}

/** Where and as what somebody is known at one account. */
export interface Membership extends Pick<Contact, 'name' | 'email' | 'title' | 'status'> {
  readonly accountId: string;
  readonly roles: readonly Role[];
  /** When anything of this was last told, ms. */
  readonly toldAt: number;
}

/** One person with all that is known. */
export interface PersonDetail {
  /** The key the id leads to by the product's own word (alias and identify calls). */
  readonly key: string;
  /** Who that is in the end, where a person merged them: `key` else. */
  readonly id: string;
  readonly mergedInto: string | null;
  /** Other ids of the same person. */
  readonly otherIds: readonly string[];
  readonly email: string | null;
  /** Account that signals without one are about, as it was named; null: they wait. */
  readonly namedAccountId: string | null;
  readonly waitingSignals: number;
  /** Every account the person is at, by id; merged accounts count as one. */
  readonly accounts: readonly Membership[];
}

export abstract class PeopleStore {
  /** By id. `accountIds`: the account and all that leads to it. */
  abstract atAccount(accountId: string, accountIds: readonly string[], limit: number, startingAfter: string | null): Promise<Person[]>;
  /** By id. `domain`: those of this mail domain. */
  abstract unassigned(domain: string | null, limit: number, startingAfter: string | null): Promise<Person[]>;
  /** By any id of theirs. */
  abstract find(sql: Sql, id: string): Promise<PersonDetail | null>;
}
