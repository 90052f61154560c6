import type { Transaction } from '@perennial/persistence/transaction';
import type { Account, AccountLinks } from '../domain/account.js';
import type { ContactKey } from '../domain/account-book.js';
import type { Contact } from '../domain/contact.js';

/** An account that a chunk touches. */
export interface TouchedAccount {
  readonly id: string;
  /** Earliest event about it in the chunk, ms. */
  readonly earliest: number;
  /** More than its date may change: load it whole. */
  readonly whole: boolean;
}

export interface LockedAccounts {
  /** Those to be loaded whole, and those whose date moves back. */
  readonly accounts: readonly Account[];
  /** Ids that had no row until now. */
  readonly created: readonly string[];
  /** Where ids lead that stand for another account. */
  readonly roots: ReadonlyMap<string, string>;
}

/** An account as others see it: with what its aliases and the accounts merged into it say. */
export interface PublishedAccount extends AccountLinks {
  readonly account: Account;
  readonly version: number;
}

/** A member of a family and the account it leads to in the end: itself, where it stands for itself. */
export interface Relative {
  readonly account: Account;
  readonly root: string;
  readonly mergedInto: string | null;
  readonly isAlias: boolean;
}

/** Accounts and the people at them. Every writer locks the account's row first. */
export abstract class AccountStore {
  /** Makes rows for unknown ids and locks all, and the accounts that they lead to, in one order. `withRoots`: those are loaded whole too. */
  abstract lock(tx: Transaction, touched: readonly TouchedAccount[], withRoots?: boolean): Promise<LockedAccounts>;
  /** Saves content; `version` null: what was published last stays the last. */
  abstract save(tx: Transaction, accounts: readonly { readonly account: Account; readonly version: number | null }[]): Promise<void>;
  /** The account of this id; of an alias, the account it stands for. */
  abstract find(id: string): Promise<PublishedAccount | null>;
  /** The families of these ids: every member that leads to another account, and the accounts led to that are not in `ids`. */
  abstract relatives(tx: Transaction, ids: readonly string[]): Promise<Relative[]>;
  abstract contacts(tx: Transaction, keys: readonly ContactKey[]): Promise<Contact[]>;
  abstract saveContacts(tx: Transaction, contacts: readonly Contact[]): Promise<void>;
  /** The weightiest stakeholders of each account, at most 50 each. */
  abstract stakeholders(tx: Transaction, accountIds: readonly string[]): Promise<Contact[]>;
}
