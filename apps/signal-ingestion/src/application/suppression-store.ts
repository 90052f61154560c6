import type { Sql, Transaction } from '@perennial/persistence/transaction';

export interface SuppressionList {
  readonly generation: number;
  readonly salt: Buffer;
  /** Hex. */
  readonly hashes: ReadonlySet<string>;
}

/** Who must not be heard of again, as salted hashes. */
export abstract class SuppressionStore {
  /** `sql` null: outside of a transaction. */
  abstract generation(sql: Sql | null): Promise<number>;
  abstract load(): Promise<SuppressionList>;
  /** Changes the generation, so that everybody reads the list anew. */
  abstract add(tx: Transaction, hashes: readonly Buffer[], at: Date): Promise<void>;
  abstract remove(tx: Transaction, hashes: readonly Buffer[]): Promise<void>;
  /** Shared by every transaction that takes messages, until it ends. */
  abstract enter(tx: Transaction): Promise<void>;
  /** Waits until the transactions that entered before are over. */
  abstract waitForAll(): Promise<void>;
}
