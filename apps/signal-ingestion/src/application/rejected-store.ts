import type { Transaction } from '@perennial/persistence/transaction';

/** An item of a known sender that could not be taken (REJECTED of api.md). */
export interface Rejected {
  readonly id: string;
  readonly sourceId: string;
  readonly receivedAt: Date;
  readonly code: string;
  readonly pointer: string | null;
  readonly detail: string;
  /** JSON text. */
  readonly payload: string;
  readonly state: 'open' | 'replayed' | 'expired';
}

export abstract class RejectedStore {
  abstract add(tx: Transaction, rejected: readonly Rejected[]): Promise<void>;
  /** Newest first. */
  abstract list(sourceId: string | null, limit: number, startingAfter: string | null): Promise<Rejected[]>;
  /** When the oldest was received; null: there is none. */
  abstract oldest(): Promise<Date | null>;
  abstract forgetBefore(instant: Date): Promise<void>;
}
