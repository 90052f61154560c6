import type { Band } from '../domain/state.js';
import type { Transaction } from '@perennial/persistence/transaction';

export interface JudgementRow {
  readonly id: string;
  readonly accountId: string;
  readonly indicatorId: string | null;
  readonly action: 'override' | 'withdraw' | 'confirm' | 'accept' | 'dismiss' | 'snooze';
  readonly healthScore: number | null;
  /** Of an override: the band it stands for, and what the facts alone gave when it was set; null where no look could be taken. */
  readonly override?: { readonly band: Band; readonly computedScore: number | null; readonly computedBand: Band } | null;
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
