import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import { randomUUID } from 'node:crypto';
import { BacktestStore } from './backtest-store.js';
import { ScorecardStore } from './scorecard-store.js';

export const mostOpen = 20;

/** Takes wishes for backtests; they are worked off in the background, in the order in which they came. */
@Injectable()
export class AskForBacktests {
  constructor(
    private readonly store: BacktestStore,
    private readonly scorecards: ScorecardStore,
    private readonly clock: Clock,
    private readonly dueWork: DueWorkNudge,
  ) {}

  /** `revision` null: the one in force, else the newest. */
  async ask(tx: Transaction, scorecardId: string, revision: number | null, by: string): Promise<{ readonly id: string } | 'unknown' | 'too_many'> {
    const wanted = revision ?? (await this.scorecards.publications(tx, scorecardId, 1))[0]?.revision ?? (await this.scorecards.revisions(tx, scorecardId, 1, null))[0]?.revision;
    if (wanted === undefined || (await this.scorecards.find(tx, scorecardId, wanted)) === null) return 'unknown';
    if ((await this.store.countOpen(tx)) >= mostOpen) return 'too_many';
    const id = randomUUID();
    await this.store.add(tx, { id, scorecardId, revision: wanted, askedAt: this.clock.now(), askedBy: by });
    tx.afterCommit(() => this.dueWork.nudge());
    return { id };
  }
}
