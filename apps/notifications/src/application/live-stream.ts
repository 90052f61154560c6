import type { Transaction } from '@perennial/persistence/transaction';

/** One event of the live stream. Ids rise by one and are never reused, so a reader resumes exactly. */
export interface StreamEvent {
  readonly id: bigint;
  readonly type: string;
  /** JSON text. */
  readonly data: string;
}

export abstract class LiveStream {
  /** Appends in order; ids come from one locked counter row (a sequence would show gaps to a resuming reader before late commits). */
  abstract append(tx: Transaction, events: readonly { type: string; data: string; createdAt: Date }[]): Promise<void>;
  /** Events above `after`, oldest first. */
  abstract readAfter(after: bigint, limit: number): Promise<StreamEvent[]>;
  /** Id of the newest event; 0 when there is none. */
  abstract lastId(): Promise<bigint>;
  /** The oldest event still kept; null when there is none. */
  abstract oldest(): Promise<{ readonly id: bigint; readonly createdAt: Date } | null>;
  abstract deleteBefore(instant: Date): Promise<void>;
}
