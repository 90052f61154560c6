import type { Transaction } from '@perennial/persistence/transaction';
import type { Source } from './sources.js';

/** A write key that is in force. */
export interface ActiveKey {
  /** SHA-256, hex. */
  readonly hash: string;
  readonly sourceId: string;
  readonly type: string;
}

export abstract class SourceStore {
  /** A write key that is there already stays as it is; null: the source has none. */
  abstract add(tx: Transaction, source: Source, writeKeyHash: Buffer | null): Promise<void>;
  /** True for a revoked one too. */
  abstract knows(writeKeyHash: Buffer): Promise<boolean>;
  /** One that is not revoked. */
  abstract find(id: string): Promise<Source | null>;
  abstract list(limit: number, startingAfter: string | null): Promise<Source[]>;
  abstract revoke(id: string, at: Date): Promise<boolean>;
  abstract activeKeys(): Promise<ActiveKey[]>;
}
