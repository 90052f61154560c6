import type { Transaction } from '@perennial/persistence/transaction';
import type { AccountState } from '../domain/account-state.js';
import type { RenewalsDraft } from '../domain/published-renewals.js';

/** What one transaction made of an account. */
export interface SavedAccount {
  /** As it was loaded: the store writes what differs. */
  readonly before: AccountState;
  readonly after: AccountState;
  /** When time alone may change the verdict. */
  readonly nextLookAt: Date | null;
  /** The verdict, where it was published. */
  readonly published: { readonly draft: RenewalsDraft; readonly version: number } | null;
}

/** The accounts of this service: states, ledger, published renewals. */
export abstract class AccountForecastStore {
  /** States of `accountIds`, locked in id order until the end of the transaction; unknown ones begin empty. */
  abstract load(tx: Transaction, accountIds: readonly string[]): Promise<Map<string, AccountState>>;
  abstract save(tx: Transaction, accounts: readonly SavedAccount[]): Promise<void>;
  /** Accounts of these partitions of `signals` that time may have changed by `now`; those another replica works on are passed over. */
  abstract due(tx: Transaction, partitions: readonly number[], now: Date, limit: number): Promise<string[]>;
  /** Earliest look planned in these partitions. */
  abstract nextLookAt(partitions: readonly number[]): Promise<Date | null>;
}
