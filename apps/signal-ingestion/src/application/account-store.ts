import type { Transaction } from '@perennial/persistence/transaction';
import type { Account } from '../domain/account.js';
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
}

export interface PublishedAccount {
  readonly account: Account;
  readonly version: number;
}

/** Accounts and the people at them. Every writer locks the account's row first. */
export abstract class AccountStore {
  /** Makes rows for unknown ids and locks all, in one order. */
  abstract lock(tx: Transaction, touched: readonly TouchedAccount[]): Promise<LockedAccounts>;
  /** Saves content; `version` null: what was published last stays the last. */
  abstract save(tx: Transaction, accounts: readonly { readonly account: Account; readonly version: number | null }[]): Promise<void>;
  abstract find(id: string): Promise<PublishedAccount | null>;
  /** True when `id` is `ancestorId` or stands anywhere below it. */
  abstract isBelow(tx: Transaction, id: string, ancestorId: string): Promise<boolean>;
  abstract contacts(tx: Transaction, keys: readonly ContactKey[]): Promise<Contact[]>;
  abstract saveContacts(tx: Transaction, contacts: readonly Contact[]): Promise<void>;
  /** The weightiest stakeholders of each account, at most 50 each. */
  abstract stakeholders(tx: Transaction, accountIds: readonly string[]): Promise<Contact[]>;
}
