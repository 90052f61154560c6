import type { Sql, Transaction } from '@perennial/persistence/transaction';
import type { ContractOutcome } from '../domain/backtest/account-history.js';
import type { CustomerDay } from '../domain/backtest/customer-day.js';

/** The decided terms of one account; those that it does not name are none any more. */
export interface AccountOutcomes {
  readonly accountId: string;
  readonly outcomes: readonly (ContractOutcome & { readonly renewalId: string })[];
}

/** What an account has besides its readings. */
export interface KnownOutcomes {
  readonly segment: string | null;
  /** By notice date. */
  readonly outcomes: readonly ContractOutcome[];
  /** By day. */
  readonly days: readonly CustomerDay[];
}

/** How terms ended, and what backtests hold against it. */
export abstract class OutcomeStore {
  abstract keepOutcomes(tx: Transaction, accounts: readonly AccountOutcomes[]): Promise<void>;
  /** Forgets the days of the accounts named, then keeps these; of one day once, whatever is known of it already. */
  abstract keepDays(tx: Transaction, forgotten: readonly string[], days: readonly CustomerDay[]): Promise<void>;
  /** Of those accounts that have outcomes. */
  abstract known(sql: Sql, accountIds: readonly string[]): Promise<Map<string, KnownOutcomes>>;
  /** The next accounts after `after` that have outcomes, by id. */
  abstract accountsWithOutcomes(sql: Sql, after: string | null, limit: number): Promise<string[]>;
  abstract countAccounts(sql: Sql): Promise<number>;
}
