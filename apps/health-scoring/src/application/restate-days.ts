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
import { RestatedDayStore, type DaySpan, type KnownDays } from './restated-day-store.js';
import { ScorecardRevisions } from './scorecard-revisions.js';
import { ScoringPolicy } from './scoring-policy.js';
import type { LookTime } from './signal-time.js';

/** Accounts whose days are unpacked and judged in one go: a book that is late all at once must not fill the memory, nor hold up whatever else the process does. */
const accountsAtOnce = 50;

/**
 * Signals that came late restate the days they belong to, in the transaction that folds them; what was shown stays. Two statements for each 50 accounts of a
 * chunk with such signals, none for any other. What came later than the fortnight that is looked back at, or belongs to a day that cannot be judged again, is left.
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

  /** Restates what the signals of the chunk came late for. Not one of them is held up by a past day: what cannot be read or judged again is left. */
  async restate(tx: Transaction, { accounts, resets }: LateNews): Promise<void> {
    if (resets.size > 0) await this.store.reset(tx, resets);
    if (accounts.size === 0) return;
    const spans = [...accounts].map(([accountId, late]) => spanOf(accountId, late));
    const isTooLate = ({ from, to }: DaySpan): boolean => from < to - restatedDays;
    await this.store.leave(tx, spans.filter(isTooLate));
    const within = spans.filter((span) => !isTooLate(span));
    // The others have their turn while the database is waited for.
    for (let at = 0; at < within.length; at += accountsAtOnce) await this.restateSome(tx, within.slice(at, at + accountsAtOnce), accounts);
  }

  private async restateSome(tx: Transaction, spans: readonly DaySpan[], accounts: LateNews['accounts']): Promise<void> {
    const known = await this.store.known(tx, spans);
    const reading = this.reading();
    const uncounted = new Set((await this.questions.uncounted(tx, spans.flatMap(({ accountId }) => [...importsOf(accounts.get(accountId)!.after.contacts.values())]))).keys());
    const restated = new Map<string, RestatedDay[]>();
    const left: DaySpan[] = [];
    for (const span of spans) {
      const { days, unreadUntil } = known.get(span.accountId) ?? nothingKept;
      const judged = await this.withCards(tx, days);
      if (judged === null) left.push(span);
      else {
        if (unreadUntil !== null) left.push({ ...span, to: unreadUntil + 1 });
        restated.set(span.accountId, restateRun(judged, { ...accounts.get(span.accountId)!, uncounted }, reading, unreadUntil !== null));
      }
    }
    await this.store.save(tx, restated);
    await this.store.leave(tx, left);
  }

  private reading(): PastReading {
    const { plan, keyFeatures, featureCounts } = this.policy.current();
    return { entries: new Map(plan.entries.map((entry) => [entry.readingKey, entry])), keyFeatures, featureCounts };
  }

  /** Null where this version of the software cannot judge by what judged then, or has lost it. */
  private async withCards(tx: Transaction, days: readonly KnownDay[]): Promise<(KnownDay & { card: CompiledScorecard })[] | null> {
    const judged: (KnownDay & { card: CompiledScorecard })[] = [];
    try {
      for (const day of days) judged.push({ ...day, card: await this.revisions.judging(day.kept, tx) });
    } catch (error) {
      if (error instanceof UnfitScorecard || error instanceof RangeError) return null;
      throw error;
    }
    return judged;
  }
}

const nothingKept: KnownDays = { days: [], unreadUntil: null };

/** From the first day that one of the signals belongs to. */
const spanOf = (accountId: string, { signals, today }: LateAccount): DaySpan => ({ accountId, from: Math.min(...signals.map((signal) => dayOf(happenedAt(signal)))), to: today });
