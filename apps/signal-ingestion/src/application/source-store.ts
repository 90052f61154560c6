import type { Sql, Transaction } from '@perennial/persistence/transaction';
import type { Source } from './sources.js';

export abstract class SourceStore {
  /** A write key that is there already stays as it is; null: the source has none. */
  abstract add(tx: Transaction, source: Source, writeKeyHash: Buffer | null): Promise<void>;
  /** One that is not revoked. */
  abstract find(id: string): Promise<Source | null>;
  abstract list(limit: number, startingAfter: string | null): Promise<Source[]>;
  /** Name of a source in force, or of what stands for senders without one (`api`, `topic`, `import`); null: there is none. `sql` null: outside of a transaction. */
  abstract nameOf(sql: Sql | null, id: string): Promise<string | null>;
  abstract revoke(id: string, at: Date): Promise<boolean>;
  /** Null: there is no such source in force. */
  abstract typeOf(tx: Transaction, id: string): Promise<string | null>;
}
