import type { Sql, Transaction } from '@perennial/persistence/transaction';

/** One merge of two accounts or of two people and, where it was taken back, its end. */
export interface Merge {
  readonly id: string;
  readonly fromId: string;
  readonly intoId: string;
  readonly reason: string;
  readonly mergedAt: Date;
  readonly mergedBy: string;
  readonly unmergedAt: Date | null;
  readonly unmergedBy: string | null;
  readonly unmergeReason: string | null;
}

/** Who asks for a merge or its end, when, and why. */
export interface Decision {
  readonly at: Date;
  readonly by: string;
  readonly reason: string;
}

/** What was merged and parted again: nothing is ever taken out of it. */
export abstract class MergeHistory {
  abstract add(tx: Transaction, kind: 'account' | 'person', fromId: string, intoId: string, decision: Decision): Promise<void>;
  /** Ends the one in force. */
  abstract end(tx: Transaction, kind: 'account' | 'person', fromId: string, decision: Decision): Promise<void>;
  /** Merges that it took part in, newest first. */
  abstract list(sql: Sql, kind: 'account' | 'person', id: string, limit: number, startingAfter: string | null): Promise<Merge[]>;
}
