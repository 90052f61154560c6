import type { Transaction } from '@perennial/persistence/transaction';
import type { Mapping } from '../domain/mapping/mapping-rule.js';

/** A mapping as it was published. Revision 0: nothing was, the built-in rules hold. */
export interface MappingRevision extends Mapping {
  readonly sourceId: string;
  readonly revision: number;
  readonly note: string | null;
  readonly createdAt: Date | null;
  readonly createdBy: string | null;
}

export abstract class MappingStore {
  /** The one in force; null: there is no such source. */
  abstract current(sourceId: string): Promise<MappingRevision | null>;
  /** One of them; null: it was never published. */
  abstract find(sourceId: string, revision: number): Promise<MappingRevision | null>;
  /** Newest first. */
  abstract list(sourceId: string, limit: number, before: number | null): Promise<MappingRevision[]>;
  /** False where another revision came first; else `also` is done in the same transaction. */
  abstract publish(revision: MappingRevision, also: (tx: Transaction) => Promise<void>): Promise<boolean>;
  /** Those in force, of all sources that have any. */
  abstract inForce(): Promise<MappingRevision[]>;
}
