import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { importsOf } from '../domain/contacts/imported-word.js';
import { restatedDays, type PastReading } from '../domain/days/restate-day.js';
import { restateRun, type KnownDay, type RestatedDay } from '../domain/days/restate-run.js';
import { happenedAt } from '../domain/days/told-facts.js';
import { UnfitScorecard, type CompiledScorecard } from '../domain/scorecard/compile-scorecard.js';
import { dayOf } from '../domain/time/day.js';
import { ImportQuestionStore } from './import-question-store.js';
import { LateNews, type LateAccount } from './late-news.js';
import { RestatedDayStore, type DaySpan } from './restated-day-store.js';
import { ScorecardRevisions } from './scorecard-revisions.js';
import { ScoringPolicy } from './scoring-policy.js';
import type { LookTime } from './signal-time.js';
import type { SinceReset } from './since-reset.js';

/**
 * Signals that came late restate the days they belong to, in the transaction that folds them; what was shown stays. Two statements for a chunk with such
 * signals, none for any other. What came later than the fortnight that is looked back at, or belongs to a day that cannot be judged again, is left.
 */
@Injectable()
export class RestateDays {
  constructor(
    private readonly store: RestatedDayStore,
    private readonly questions: ImportQuestionStore,
    private readonly policy: ScoringPolicy,
    private readonly revisions: ScorecardRevisions,
    private readonly clock: Clock,
  ) {}

  /** For the signals of one chunk, whose accounts are looked at then. */
  lateNews(time: LookTime): LateNews {
    return new LateNews((state) => (time.asOf(state) ?? this.clock.now()).getTime());
  }

  async restate(tx: Transaction, { reset }: SinceReset, { accounts }: LateNews): Promise<void> {
    if (reset.length > 0) await this.store.reset(tx, reset, dayOf(this.clock.now().getTime()));
    if (accounts.size === 0) return;
    const spans = new Map([...accounts].map(([accountId, late]) => [accountId, spanOf(accountId, late)]));
    const isLeft = ({ from, to }: DaySpan): boolean => from < to - restatedDays;
    const left = [...spans.values()].filter(isLeft);
    const known = await this.store.known(tx, [...spans.values()].filter((span) => !isLeft(span)));
    const reading = this.reading();
    const uncounted = new Set((await this.questions.uncounted(tx, [...accounts.values()].flatMap(({ after }) => [...importsOf(after.contacts.values())]))).keys());
    const restated = new Map<string, RestatedDay[]>();
    for (const [accountId, days] of known) {
      const judged = await this.withCards(tx, days);
      if (judged === null) left.push(spans.get(accountId)!);
      else restated.set(accountId, restateRun(judged, { ...accounts.get(accountId)!, uncounted }, reading));
    }
    await this.store.save(tx, restated);
    await this.store.leave(tx, left);
  }

  private reading(): PastReading {
    const { plan, keyFeatures, featureCounts } = this.policy.current();
    return { entries: new Map(plan.entries.map((entry) => [entry.readingKey, entry])), keyFeatures, featureCounts };
  }

  /** Null where this version of the software cannot judge by what judged then. */
  private async withCards(tx: Transaction, days: readonly KnownDay[]): Promise<(KnownDay & { card: CompiledScorecard })[] | null> {
    const judged: (KnownDay & { card: CompiledScorecard })[] = [];
    try {
      for (const day of days) judged.push({ ...day, card: await this.revisions.judging(day.kept, tx) });
    } catch (error) {
      if (error instanceof UnfitScorecard) return null;
      throw error;
    }
    return judged;
  }
}

/** From the first day that one of the signals belongs to. */
const spanOf = (accountId: string, { signals, today }: LateAccount): DaySpan => ({ accountId, from: Math.min(...signals.map((signal) => dayOf(happenedAt(signal)))), to: today });
