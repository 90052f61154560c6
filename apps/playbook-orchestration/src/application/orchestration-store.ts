import type { ErasedWords } from '@perennial/contracts/erased-words';
import type { Transaction } from '@perennial/persistence/transaction';
import type { AccountBook } from '../domain/account-book.js';
import type { Desk } from '../domain/desk.js';
import type { Timer } from '../domain/desk-changes.js';
import type { PlaybookDocument } from '../domain/playbook-document.js';
import type { Run, TaskRecord } from '../domain/run.js';

/** Everything one transaction stores. */
export interface StoredChanges {
  readonly books: readonly AccountBook[];
  readonly runs: readonly Run[];
  readonly tasks: readonly { readonly run: Run; readonly task: TaskRecord }[];
  readonly timers: { readonly set: readonly Timer[]; readonly drop: readonly string[] };
}

/** Accounts, runs and tasks; every verb is a constant number of statements whatever the number of rows. */
export abstract class OrchestrationStore {
  /** The desks of these accounts, made where new, locked in one order; runs that have ended are left out. */
  abstract open(tx: Transaction, accountIds: readonly string[]): Promise<Desk[]>;
  abstract save(tx: Transaction, changes: StoredChanges): Promise<void>;
  /** Which of these users were deactivated; none of them can be until the transaction ends. */
  abstract departedAmong(tx: Transaction, userIds: readonly string[]): Promise<ReadonlySet<string>>;
  abstract saveUsers(tx: Transaction, users: readonly { readonly id: string; readonly active: boolean }[]): Promise<void>;
  /** Accounts with open tasks of these users. */
  abstract accountsWithTasksOf(tx: Transaction, userIds: readonly string[]): Promise<string[]>;
  /** Where a task belongs, for ever; null when there is no such task. */
  abstract placeOfTask(tx: Transaction, taskId: string): Promise<{ readonly accountId: string; readonly runId: string } | null>;
  /** Takes a person out of the account's runs that have ended and of all its tasks; its desk is open. */
  abstract forget(tx: Transaction, accountId: string, words: ErasedWords): Promise<void>;
  abstract run(tx: Transaction, runId: string): Promise<Run | null>;
}

/** All revisions of playbooks that were ever shipped to this deployment. */
export abstract class PlaybookStore {
  /** Adds revisions that are not there yet; never changes one that is. */
  abstract add(documents: readonly PlaybookDocument[]): Promise<void>;
  abstract all(): Promise<PlaybookDocument[]>;
}
