import { Inject, Injectable } from '@nestjs/common';
import type { HealthState } from '@perennial/contracts/health';
import { CONFIG } from '@perennial/service-kit/service';
import { Clock } from '@perennial/service-kit/clock';
import type { HealthScoringConfig } from '../config.js';
import { judgeDay } from '../domain/days/judge-day.js';
import { cohortGapOf, type CohortGap } from '../domain/explain/cohort-gap.js';
import { cohortOf } from '../domain/explain/cohorts.js';
import { dataCoverageOf, type DataCoverage } from '../domain/explain/data-coverage.js';
import { judgedTierOf, type JudgedTier } from '../domain/explain/judged-tier.js';
import { nextBandOf, type NextBand } from '../domain/explain/next-band.js';
import { scoreChange, type ScoreChange } from '../domain/explain/score-change.js';
import { trendInWords, type TrendInWords } from '../domain/explain/trend-in-words.js';
import { weeklyLights, type WeekEnd, type WeeklyLight } from '../domain/explain/weekly-light.js';
import type { CompiledScorecard } from '../domain/scorecard/compile-scorecard.js';
import { dayOf, isoDay, parseDay, parseInstant, type EpochDay } from '../domain/time/day.js';
import { CohortStore } from './cohort-store.js';
import type { KeptDay } from '../domain/days/day-codec.js';
import { DayStore } from './day-store.js';
import { HealthQueries } from './health-queries.js';
import { ScorecardRevisions } from './scorecard-revisions.js';

/** The verdict in words: what holds it, what would change it, what changed it. */
export interface Explanation extends Pick<HealthState, 'accountId' | 'healthScore' | 'rawScore' | 'band' | 'riskLevel' | 'scorecard' | 'asOf'> {
  readonly nextBand: NextBand | null;
  readonly coverage: DataCoverage;
  /** Null before its first day is kept. */
  readonly tier: JudgedTier | null;
  readonly trend: TrendInWords;
  readonly cohort: CohortGap | null;
  /** Null where no day was asked for. */
  readonly since: (ScoreChange & { readonly day: string }) | null;
}

/** Nothing is kept of the day that was asked for. */
export interface UnknownDay {
  readonly refused: 'unknown_day';
  readonly detail: string;
}

/** A day without a look of its own stands as the one before it did; further back than this it is not known. */
const longestGapDays = 7;
const trendDays = 28;
const mondayOf = (day: EpochDay): EpochDay => day - ((day + 3) % 7);

/** Explains stored verdicts; computes none. */
@Injectable()
export class ExplainHealth {
  constructor(
    @Inject(CONFIG) private readonly config: HealthScoringConfig,
    private readonly queries: HealthQueries,
    private readonly days: DayStore,
    private readonly cohorts: CohortStore,
    private readonly revisions: ScorecardRevisions,
    private readonly clock: Clock,
  ) {}

  /** `since`: an ISO day, whose end the account is compared with. Null for an account that scoring does not know. */
  async explain(accountId: string, since: string | null): Promise<Explanation | UnknownDay | null> {
    const health = await this.queries.health(accountId);
    if (health === null) return null;
    const today = dayOf(parseInstant(health.asOf));
    const recent = await this.days.readingsOf(accountId, today - trendDays + 1, today);
    const last = recent.at(-1);
    const card = await this.revisions.judging({ judgedBy: health.scorecard, passage: last?.passage ?? null });
    const change = since === null ? null : await this.changeSince(health, card, since, today);
    if (change !== null && 'refused' in change) return change;
    const { healthScore, rawScore, band, riskLevel, scorecard, asOf } = health;
    return {
      accountId, healthScore, rawScore, band, riskLevel, scorecard, asOf,
      nextBand: nextBandOf(health, card),
      coverage: dataCoverageOf(health, new Set(card.measures.flatMap(({ id, validityDays }) => (validityDays === null ? [] : [id])))),
      tier: last === undefined ? null : judgedTierOf(last.facts.applicant.tier, card),
      trend: trendInWords(health.trend, await this.scores(recent, health, today), card.trend),
      cohort: last === undefined ? null : await this.cohortGap(health, last),
      since: change,
    };
  }

  /** The Mondays of the last `weeks` weeks, oldest first; those before anything was known are left out. Null for an unknown account. */
  async weekly(accountId: string, weeks: number): Promise<WeeklyLight[] | null> {
    if ((await this.queries.health(accountId)) === null) return null;
    const newest = mondayOf(dayOf(this.clock.now().getTime()));
    // One more, to know what changed in the first.
    const oldest = newest - weeks * 7;
    const kept = await this.days.readingsOf(accountId, oldest - longestGapDays, newest - 1);
    const ends: WeekEnd[] = [];
    for (let monday = oldest; monday <= newest; monday += 7) {
      const day = kept.findLast((one) => one.day < monday && one.day >= monday - longestGapDays);
      if (day === undefined) continue;
      const card = await this.revisions.judging(day);
      ends.push({ monday, judged: judgeDay(day.facts, card), bands: card.bands });
    }
    return weeklyLights(ends, this.config.weeklyMeasures).slice(-weeks);
  }

  private async changeSince(health: HealthState, card: CompiledScorecard, since: string, today: EpochDay): Promise<Explanation['since'] | UnknownDay> {
    const wanted = parseDay(since);
    if (wanted >= today) return { refused: 'unknown_day', detail: `${since} is not over: the last verdict is of ${isoDay(today)}` };
    const then = (await this.days.readingsOf(health.accountId, wanted - longestGapDays + 1, wanted)).at(-1);
    if (then === undefined) return { refused: 'unknown_day', detail: `nothing is kept of ${health.accountId} on ${since}: it was not known yet, or readings of that day are no longer kept (health/history has its days)` };
    const judged = judgeDay(then.facts, await this.revisions.judging(then));
    return { day: since, ...scoreChange(health, { judgedBy: then.judgedBy, judged, anew: judgeDay(then.facts, card) }) };
  }

  /** A score a day, newest last; null on days of another scorecard or on the way to this one, as the trend counts them. */
  private async scores(recent: readonly KeptDay[], { scorecard }: HealthState, today: EpochDay): Promise<(number | null)[]> {
    const scores = new Array<number | null>(trendDays).fill(null);
    for (const day of recent) {
      if (day.passage !== null || day.judgedBy.id !== scorecard.id || day.judgedBy.revision !== scorecard.revision) continue;
      const { healthBp } = judgeDay(day.facts, await this.revisions.judging(day)).adjusted;
      scores[trendDays - 1 - (today - day.day)] = healthBp === null ? null : healthBp / 100;
    }
    return scores;
  }

  private async cohortGap(health: HealthState, { facts }: KeptDay): Promise<CohortGap> {
    const cohort = cohortOf(health.scorecard.id, facts.applicant);
    const newest = await this.cohorts.newest(cohort);
    return cohortGapOf(health, cohort, newest?.table ?? null, newest?.quantiles ?? []);
  }
}
