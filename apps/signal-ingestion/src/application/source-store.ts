import type { Transaction } from '@perennial/persistence/transaction';
import type { Source, SourceType } from './sources.js';

/** A write key that is in force. */
export interface ActiveKey {
  /** SHA-256, hex. */
  readonly hash: string;
  readonly sourceId: string;
  readonly type: SourceType;
}

export abstract class SourceStore {
  abstract add(tx: Transaction, source: Source, writeKeyHash: Buffer): Promise<void>;
  abstract list(limit: number, startingAfter: string | null): Promise<Source[]>;
  abstract revoke(id: string, at: Date): Promise<boolean>;
  abstract activeKeys(): Promise<ActiveKey[]>;
}
