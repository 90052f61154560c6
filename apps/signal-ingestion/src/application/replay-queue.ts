import type { Transaction } from '@perennial/persistence/transaction';

/** People whose waiting signals are to be published. */
export abstract class ReplayQueue {
  abstract nextDueAt(): Promise<Date | null>;
  /** Takes one person for this transaction, whom no other one holds; null: none left. */
  abstract claim(tx: Transaction): Promise<string | null>;
  abstract done(tx: Transaction, key: string): Promise<void>;
}
