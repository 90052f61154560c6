import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import type { DayFacts } from '../domain/days/day-facts.js';
import { judgeDay, markOf, type DayVerdict } from '../domain/days/judge-day.js';
import type { KeptDay } from '../domain/days/day-codec.js';
import { unreadIn } from '../domain/days/reading-plan.js';
import type { CompiledScorecard, ScorecardRef } from '../domain/scorecard/compile-scorecard.js';
import type { EpochDay } from '../domain/time/day.js';
import { DayStore } from './day-store.js';
import type { HealthDayNow } from './health-queries.js';
import { RestatedDayStore } from './restated-day-store.js';
import { ScorecardRevisions } from './scorecard-revisions.js';
import { ScorecardStore } from './scorecard-store.js';

/** A past day of an account, judged anew from what its last look knew. */
export interface PastDay {
  readonly kept: KeptDay;
  readonly card: CompiledScorecard;
  readonly verdict: DayVerdict;
  /** What the verdict was made from. */
  readonly facts: DayFacts;
  /** It is what was said that day; null where another revision judges it now, or it is restated. */
  readonly isAsSaid: boolean | null;
  /** Measures of the revision that nobody read with its settings: they count for nothing. */
  readonly unread: readonly string[];
  /** What came of signals that were late, where that was asked for; null where none were. */
  readonly restated: HealthDayNow['restated'];
}

/** Days as they were known then, or are known now, by the revision that judged them or any other. */
@Injectable()
export class PastDays {
  constructor(
    private readonly database: Database,
    private readonly days: DayStore,
    private readonly restatedDays: RestatedDayStore,
    private readonly scorecards: ScorecardStore,
    private readonly revisions: ScorecardRevisions,
  ) {}

  /** Null: nothing is kept of that day. `by` null: the revision that judged it. `unknown`: no such revision. Throws UnfitScorecard where this version of the software cannot judge by it. */
  async dayOf(accountId: string, day: EpochDay, by: ScorecardRef | null, known: 'then' | 'now' = 'then'): Promise<PastDay | 'unknown' | null> {
    const [kept] = await this.days.readingsOf(accountId, day, day);
    if (kept === undefined) return null;
    const { id, revision } = by ?? kept.judgedBy;
    if ((await this.scorecards.find(this.database, id, revision)) === null) return 'unknown';
    const isOwn = id === kept.judgedBy.id && revision === kept.judgedBy.revision;
    // On its way from one scorecard to another it was judged by both.
    const card = await this.revisions.judging(isOwn ? kept : { judgedBy: { id, revision }, passage: null });
    const verdict = judgeDay(kept.facts, card);
    const then: PastDay = { kept, facts: kept.facts, card, verdict, isAsSaid: isOwn ? markOf(verdict) === kept.mark : null, unread: unreadIn(kept.facts.plan, card), restated: null };
    return known === 'then' ? then : this.now(accountId, then);
  }

  private async now(accountId: string, then: PastDay): Promise<PastDay> {
    const { kept, card } = then;
    if (await this.restatedDays.isLeft(this.database, accountId, kept.day)) return { ...then, restated: { differs: null, unknown: ['everything'] } };
    const found = await this.restatedDays.find(this.database, accountId, kept.day);
    if (found?.restated == null) return then;
    const { facts, unknown } = found.restated;
    const verdict = judgeDay(facts, card);
    return { ...then, facts, verdict, isAsSaid: null, restated: { differs: markOf(verdict) !== markOf(then.verdict), unknown: [...unknown].sort() } };
  }
}
