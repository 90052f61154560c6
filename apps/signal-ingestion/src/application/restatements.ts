import type { Transaction } from '@perennial/persistence/transaction';
import type { TimelineCursor } from './message-store.js';

export interface Restatement {
  readonly id: string;
  readonly accountId: string;
  readonly reason: string;
  readonly state: 'waiting' | 'running' | 'done';
  /** Place of the last signal that belongs to it; null until it runs. */
  readonly upTo: bigint | null;
  readonly cursor: TimelineCursor | null;
  /** Signals published again so far. */
  readonly signals: number;
  /** What the account consists of changed: accounts or people were merged or parted. */
  readonly regrouped: boolean;
  readonly createdAt: Date;
}

export interface Progress {
  readonly state: Restatement['state'];
  readonly upTo: bigint;
  readonly cursor: TimelineCursor | null;
  readonly signals: number;
  readonly at: Date;
}

export abstract class Restatements {
  /** Asks for one; while one is open for the account, that one is answered. */
  abstract open(accountId: string, reason: string, at: Date): Promise<Restatement>;
  /** Keeps those that are open for these accounts from going on until the transaction ends: before their accounts are locked. */
  abstract hold(tx: Transaction, accountIds: readonly string[]): Promise<void>;
  /** Asks for one of each account, whose content is another one now; an open one begins again from its start. */
  abstract regroup(tx: Transaction, accountIds: readonly string[], reason: string, at: Date): Promise<void>;
  /** The same where what their signals tell is another one now, and they consist of what they did. */
  abstract beginAnew(tx: Transaction, accountIds: readonly string[], reason: string, at: Date): Promise<void>;
  abstract nextDueAt(): Promise<Date | null>;
  /** Takes one for this transaction, which no other one holds; null: none left. */
  abstract claim(tx: Transaction): Promise<Restatement | null>;
  abstract progress(tx: Transaction, id: string, progress: Progress): Promise<void>;
  /** When the one was finished that was so first of those there are; null: none is. */
  abstract oldestDone(): Promise<Date | null>;
  /** Forgets those that were finished before. */
  abstract forgetDoneBefore(instant: Date): Promise<void>;
}
