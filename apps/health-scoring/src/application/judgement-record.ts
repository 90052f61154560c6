import type { Transaction } from '@perennial/persistence/transaction';

export interface JudgementRow {
  readonly id: string;
  readonly accountId: string;
  readonly indicatorId: string | null;
  readonly action: 'override' | 'withdraw' | 'confirm' | 'accept' | 'dismiss' | 'snooze';
  readonly healthScore: number | null;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly until: number | null;
  readonly by: string;
  readonly at: Date;
}

/** The lasting record of what people judged; kept so that judgements can be scored against outcomes. */
export abstract class JudgementRecord {
  abstract add(tx: Transaction, row: JudgementRow): Promise<void>;
}
