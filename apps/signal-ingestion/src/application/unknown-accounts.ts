import type { Sql, Transaction } from '@perennial/persistence/transaction';
import type { Suggestion } from './suggestions.js';

/** An account that signals named and nobody has said anything of: it may be another one's id in some system. */
export interface UnknownAccount {
  readonly id: string;
  /** At most 1,000 are counted. */
  readonly signals: number;
  readonly people: number;
  readonly firstSeenAt: Date;
  /** Newest signal; null: none is kept. */
  readonly lastSeenAt: Date | null;
  /** The strongest first, at most three. */
  readonly suggestions: readonly Suggestion[];
}

export abstract class UnknownAccounts {
  /** By id. */
  abstract list(limit: number, startingAfter: string | null): Promise<UnknownAccount[]>;
  /** True while it is in the list. */
  abstract has(sql: Sql, id: string): Promise<boolean>;
  /** A person says that it is an account of its own: it leaves the list. */
  abstract confirm(tx: Transaction, id: string, at: Date): Promise<void>;
}
