import { Injectable, Logger } from '@nestjs/common';
import { Transient } from '@perennial/messaging/errors';
import { Database } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { setTimeout as sleep } from 'node:timers/promises';
import { NewerFormat } from '../domain/codec/newer-format.js';
import { compileScorecard, UnfitScorecard } from '../domain/scorecard/compile-scorecard.js';
import { BacktestImpossible } from './backtest-reports.js';
import { BacktestScorecard, type BacktestProgress } from './backtest-scorecard.js';
import { BacktestStore, type FoundByBacktest, type LeasedBacktest } from './backtest-store.js';
import { ScorecardStore } from './scorecard-store.js';

/** Machine time of one call: the service may have to stop. */
const longestMs = 2_000;
/** Of each second of machine time so much is left to whatever else the service does, besides what it takes between two steps. */
const restShare = 0.5;
const sliceMs = 10;

interface Running {
  readonly leased: LeasedBacktest;
  readonly steps: AsyncGenerator<BacktestProgress, FoundByBacktest>;
}

/** Works off the backtests that were asked for, one at a time, in short slices. What it has read so far is lost with the process: whoever takes over begins anew, for it changes nothing. */
@Injectable()
@RunsDueWork()
export class RunBacktests implements DueWork {
  private readonly logger = new Logger(RunBacktests.name);
  private running: Running | null = null;

  constructor(
    private readonly database: Database,
    private readonly store: BacktestStore,
    private readonly scorecards: ScorecardStore,
    private readonly backtest: BacktestScorecard,
    private readonly clock: Clock,
  ) {}

  async nextDueAt(): Promise<Date | null> {
    return this.running !== null || (await this.store.canLease(this.database)) ? this.clock.now() : null;
  }

  async runDue(now: Date): Promise<void> {
    if (this.running === null) {
      const leased = await this.store.lease();
      if (leased === null) return;
      this.running = { leased, steps: this.begin(leased) };
    }
    const { leased, steps } = this.running;
    try {
      const found = await this.work(leased, steps);
      if (found !== null) await this.store.finish(leased, now, { report: found });
    } catch (error) {
      // It may rest in the midst of its work, with a thread open.
      await steps.return(null as never);
      if (error instanceof Transient) {
        this.running = { leased, steps: this.begin(leased) };
        throw error;
      }
      this.running = null;
      this.logger.error({ msg: 'the backtest failed', scorecard_id: leased.scorecardId, revision: leased.revision, err: error });
      await this.store.finish(leased, now, { problem: error instanceof UnfitScorecard || error instanceof NewerFormat || error instanceof BacktestImpossible ? error.message : 'it failed for a reason that the log of health-scoring holds' });
    }
  }

  /** Null where there is more to do, or another process has taken over. */
  private async work(leased: LeasedBacktest, steps: Running['steps']): Promise<FoundByBacktest | null> {
    const end = performance.now() + longestMs;
    let progress: BacktestProgress | null = null;
    for (let sliceFrom = performance.now(); performance.now() < end; ) {
      const step = await steps.next();
      if (step.done) {
        this.running = null;
        return step.value;
      }
      progress = step.value;
      const took = performance.now() - sliceFrom;
      if (took < sliceMs) continue;
      await sleep((took * restShare) / (1 - restShare));
      sliceFrom = performance.now();
    }
    if (progress !== null && !(await this.store.hold(leased, progress.accounts, progress.accountsDone))) {
      this.running = null;
      await steps.return(null as never);
    }
    return null;
  }

  private async *begin({ scorecardId, revision }: LeasedBacktest): AsyncGenerator<BacktestProgress, FoundByBacktest> {
    const kept = await this.scorecards.find(this.database, scorecardId, revision);
    if (kept === null) throw new RangeError(`there is no revision ${revision} of ${scorecardId}`);
    return yield* this.backtest.run(compileScorecard(kept.document, revision));
  }
}
