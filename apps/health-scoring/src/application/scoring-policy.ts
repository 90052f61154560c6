import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import { CONFIG } from '@perennial/service-kit/service';
import type { HealthScoringConfig } from '../config.js';
import { readingPlanOf, type ReadingPlan } from '../domain/days/reading-plan.js';
import { sortScorecards, type ScorecardsInForce } from '../domain/scorecard/choose-scorecard.js';
import { compileScorecard, UnfitScorecard, type CompiledScorecard } from '../domain/scorecard/compile-scorecard.js';
import type { CountedFeatures } from '../domain/facts/fold-feature.js';
import type { UsagePeers } from '../domain/usage/usage-peers.js';
import { shippedScorecards } from '../scorecards/shipped-scorecards.js';
import { CompareUsage } from './compare-usage.js';
import { DayStore } from './day-store.js';
import { KeyFeatures } from './key-features.js';
import { ScorecardStore } from './scorecard-store.js';
import { ShipScorecards } from './ship-scorecards.js';

/** How long another replica may go on by what was in force before, machine time. */
const refreshEveryMs = 2_000;

/** What judges now: compiled once per publication, the same for every account of one chunk. */
export interface Policy extends ScorecardsInForce {
  readonly generation: number;
  /** Every revision that was ever published, as far as this version can judge by it. */
  readonly everInForce: readonly CompiledScorecard[];
  /** All that is read of accounts at each look: what these and the shipped scorecards go by. */
  readonly plan: ReadingPlan;
  /** The deployment only observes: states are shown, nothing is sent. */
  readonly observe: boolean;
  /** Features that signals of use are counted by, and looks judge. */
  readonly keyFeatures: readonly string[];
  readonly featureCounts: CountedFeatures;
  /** What falls of use are held against; it grows by a day each day. */
  readonly usagePeers: UsagePeers;
}

/** Which scorecards judge, and whether anybody is told: read before the service consumes, then asked for anew every two seconds. */
@Injectable()
export class ScoringPolicy implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(ScoringPolicy.name);
  private policy: Policy | null = null;
  /** Newest generation that was looked at, whether or not this version can judge by it. */
  private seen = 0;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: HealthScoringConfig,
    private readonly database: Database,
    private readonly store: ScorecardStore,
    private readonly shipScorecards: ShipScorecards,
    private readonly dueWork: DueWorkNudge,
    private readonly usagePeers: CompareUsage,
    private readonly days: DayStore,
    private readonly features: KeyFeatures,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.shipScorecards.shipAll();
    await this.refresh();
    this.plan();
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  current(): Policy {
    if (this.policy === null) throw new Error('asked for the scorecards before they were read');
    return this.policy;
  }

  /** Reads what is in force now: what was published here holds here at once. */
  async refresh(): Promise<void> {
    const newest = await this.store.newestGeneration(this.database);
    if (newest === this.seen) return;
    const policy = await this.newestFit(newest);
    // Reads may overlap; only a restored database goes back, and then the process is started anew.
    if (newest < this.seen) return;
    this.seen = newest;
    if (this.policy !== null && policy.generation <= this.policy.generation) return;
    this.policy = policy;
    this.dueWork.nudge();
  }

  /**
   * A newer version may have published what this one cannot judge by. It then goes on by the newest generation that it can,
   * and says so in each verdict: who takes the accounts over sees that they are behind, and looks at them.
   */
  private async newestFit(newest: number): Promise<Policy> {
    for (let generation = newest; ; generation -= 1) {
      try {
        const cards = (await this.store.inForceAt(this.database, generation)).map(({ document, revision }) => compileScorecard(document, revision));
        return { generation, everInForce: await this.everInForce(), plan: await this.planFor(cards), observe: this.config.observe, keyFeatures: this.config.keyFeatures, featureCounts: this.features, usagePeers: this.usagePeers, ...sortScorecards(cards) };
      } catch (error) {
        if (!(error instanceof UnfitScorecard) || generation === 1) throw error;
        this.logger.warn({ msg: 'a scorecard in force is beyond this version of the software: it goes on by the one before', generation, err: error });
      }
    }
  }

  private async everInForce(): Promise<CompiledScorecard[]> {
    return (await this.store.everInForce(this.database)).flatMap(({ document, revision }) => {
      try {
        return [compileScorecard(document, revision)];
      } catch (error) {
        if (error instanceof UnfitScorecard) return [];
        throw error;
      }
    });
  }

  /** Also what no scorecard in force goes by, so that a day can be judged by one that does. */
  private async planFor(cards: readonly CompiledScorecard[]): Promise<ReadingPlan> {
    const all = [...cards, ...shippedScorecards.map(({ document }) => compileScorecard(document, 0))];
    return readingPlanOf(all, await this.days.planId(this.database, readingPlanOf(all).keys));
  }

  private plan(): void {
    if (this.stopped) return;
    const again = (): void => this.plan();
    // Away: the next turn asks again.
    this.timer = setTimeout(() => void Promise.all([this.refresh(), this.features.refresh()]).then(again, again), refreshEveryMs);
    this.timer.unref();
  }
}
