import type { Transaction } from '@perennial/persistence/transaction';

/** A timer this process may fire until its lease ends. */
export interface ClaimedTimer {
  readonly id: string;
  readonly accountId: string;
  readonly runId: string | null;
  /** Fencing token: a later claim or a new plan carries another. */
  readonly token: string;
  /** How often it was claimed, this time included. */
  readonly attempts: number;
}

/** Timers by business time; leases by the database's clock. */
export abstract class TimerQueue {
  abstract nextDueAt(): Promise<Date | null>;
  /** How many are due at `now`, held by somebody or not. */
  abstract overdue(now: Date): Promise<number>;
  /** Claims up to `limit` timers due at `now`, earliest first, that nobody holds. */
  abstract claim(now: Date, limit: number, leaseSeconds: number): Promise<ClaimedTimer[]>;
  /** Gives back those that are still ours, as if they had not been claimed: due again at once, for any replica. */
  abstract release(claimed: readonly ClaimedTimer[]): Promise<void>;
  /**
   * The fence: takes the claimed timers out, in the transaction of their steps, and returns the ids of those
   * that were still ours. One that somebody else holds by now, or that was planned anew, is not among them.
   */
  abstract takeOut(tx: Transaction, claimed: readonly ClaimedTimer[]): Promise<ReadonlySet<string>>;
}
