import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { CONFIG } from '@perennial/service-kit/service';
import type { HealthScoringConfig } from '../config.js';
import { judgeDay } from '../domain/days/judge-day.js';
import { cohortOf, CohortTable } from '../domain/explain/cohorts.js';
import { UnfitScorecard } from '../domain/scorecard/compile-scorecard.js';
import { dayMs, dayOf, startOf, type EpochDay } from '../domain/time/day.js';
import { CohortStore } from './cohort-store.js';
import type { KeptDay } from '../domain/days/day-codec.js';
import { DayStore } from './day-store.js';
import { ScorecardRevisions } from './scorecard-revisions.js';

const keptDays = 92;
const accountsAtOnce = 500;
const noonMs = dayMs / 2;

/**
 * At noon UTC makes the table of the day before: what the points of each measure are in each cohort. From what the days' last looks
 * left, page by page, beside the looks of this day; a table that is begun and not ended is begun anew. The account's day is judged by what judged it.
 */
@Injectable()
@RunsDueWork()
export class CompareCohorts implements DueWork, OnModuleDestroy {
  private plannedDay: EpochDay | null = null;
  /** The day on which it was last asked whether there are accounts enough. */
  private askedOn: EpochDay | null = null;
  private stopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: HealthScoringConfig,
    private readonly database: Database,
    private readonly store: CohortStore,
    private readonly days: DayStore,
    private readonly revisions: ScorecardRevisions,
    private readonly clock: Clock,
  ) {}

  onModuleDestroy(): void {
    this.stopped = true;
  }

  /** Null while there are too few, asked once a day: a small book is not woken at noon for nothing. */
  async nextDueAt(): Promise<Date | null> {
    const today = dayOf(this.clock.now().getTime());
    if (this.plannedDay === null && this.askedOn !== today) {
      const last = lastNoon(this.clock.now());
      // After a stop at noon the table of the day before is made up for: its days are all there.
      if (await this.store.hasAny(this.database, this.config.cohortFewestAccounts)) this.plannedDay = (await this.store.has(this.database, last - 1)) ? last + 1 : last;
      this.askedOn = today;
    }
    return this.plannedDay === null ? null : new Date(startOf(this.plannedDay) + noonMs);
  }

  async runDue(now: Date): Promise<void> {
    const noon = lastNoon(now);
    if (this.plannedDay === null || noon < this.plannedDay) return;
    if (!(await this.store.has(this.database, noon - 1)) && !(await this.make(noon - 1))) return;
    this.plannedDay = noon + 1;
  }

  /** False when it was stopped on the way. */
  private async make(day: EpochDay): Promise<boolean> {
    const table = new CohortTable();
    for (let after: string | null = null, isMore = true; isMore; ) {
      if (this.stopped) return false;
      const page = await this.days.book(day, day, after, accountsAtOnce);
      for (const { days } of page) for (const kept of days) await this.add(table, kept);
      after = page.at(-1)?.accountId ?? null;
      isMore = page.length === accountsAtOnce;
    }
    // A day of which nothing is kept has none: the one before it goes on to count.
    if (table.isEmpty) return true;
    const quantiles = table.quantiles(this.config.cohortFewestAccounts);
    await this.database.transaction((tx) => this.store.save(tx, day, quantiles, day - keptDays));
    return true;
  }

  /** What this version of the software cannot judge by stands in no table of it. */
  private async add(table: CohortTable, kept: KeptDay): Promise<void> {
    const card = await this.revisions.judging(kept).catch((error: unknown) => {
      if (error instanceof UnfitScorecard) return null;
      throw error;
    });
    if (card === null || kept.facts.merged) return;
    const cohort = cohortOf(card.id, kept.facts.applicant);
    for (const { definition, pointsBp } of judgeDay(kept.facts, card).measures) if (pointsBp !== null) table.add(cohort, definition.id, pointsBp);
  }
}

/** The last day whose noon is over. */
const lastNoon = (now: Date): EpochDay => dayOf(now.getTime() - noonMs);
