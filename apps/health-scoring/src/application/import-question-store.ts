import type { Sql, Transaction } from '@perennial/persistence/transaction';
import type { ImportAnswer } from '../domain/import-question.js';

export interface NewImportQuestion {
  readonly importId: string;
  readonly known: number;
  readonly changed: number;
  readonly at: Date;
}

/** An import that changed many contacts at once, with what a person says of it. */
export interface ImportQuestion extends NewImportQuestion {
  /** Accounts whose verdict may differ by the answer, as looks have found them up to now. */
  readonly accounts: number;
  readonly answered: { readonly answer: ImportAnswer; readonly reason: string; readonly by: string; readonly at: Date } | null;
}

/** An account that is to be looked at once the import is answered for. */
export interface AwaitingAccount {
  readonly importId: string;
  readonly accountId: string;
}

/** Questions about imports. They and their answers stay when the service is rebuilt: the log cannot give them again. */
export abstract class ImportQuestionStore {
  /** Asks; answers the ids of those that were not asked about before. */
  abstract ask(tx: Transaction, questions: readonly NewImportQuestion[]): Promise<ReadonlySet<string>>;
  /** Those of these imports whose changes are no evidence, and why; none of them is answered for until `tx` ends. */
  abstract uncounted(tx: Transaction, importIds: Iterable<string>): Promise<ReadonlyMap<string, 'asked' | 'clean_up'>>;
  abstract await(tx: Transaction, accounts: readonly AwaitingAccount[]): Promise<void>;
  /** Newest first; null: there is none of that id to go on from. */
  abstract list(isOpen: boolean | null, limit: number, startingAfter: string | null): Promise<ImportQuestion[] | null>;
  /** Locks it until `tx` ends. */
  abstract lock(tx: Transaction, importId: string): Promise<ImportQuestion | null>;
  /** The accounts of a clean-up await nothing more: its word counts for as little as before. */
  abstract answer(tx: Transaction, importId: string, answered: NonNullable<ImportQuestion['answered']>): Promise<void>;
  /** Some accounts that await an answer which is `real`. */
  abstract answered(sql: Sql, limit: number): Promise<string[]>;
  /** Takes those of these accounts that still do, for this transaction alone. */
  abstract takeAnswered(tx: Transaction, accountIds: readonly string[]): Promise<string[]>;
  /** Since when the longest of them waits; null: none does. */
  abstract answeredSince(sql: Sql): Promise<Date | null>;
}
