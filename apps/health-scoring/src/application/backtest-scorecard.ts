import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { reportOf } from '../domain/backtest/backtest-report.js';
import { judgedDaysOf } from '../domain/backtest/judged-days.js';
import type { KeptDay } from '../domain/days/day-codec.js';
import { rounded } from '../domain/backtest/rounded.js';
import { termRowsOf, warningDays, type TermRow } from '../domain/backtest/term-row.js';
import { UnfitScorecard, type CompiledScorecard, type ScorecardRef } from '../domain/scorecard/compile-scorecard.js';
import type { FoundByBacktest } from './backtest-store.js';
import { DayStore } from './day-store.js';
import { OutcomeStore, type KnownOutcomes } from './outcome-store.js';
import { ScorecardRevisions } from './scorecard-revisions.js';

export interface BacktestProgress {
  readonly accounts: number;
  readonly accountsDone: number;
}

const accountsAtOnce = 100;
/** The same book and scorecard give the same report. */
const seed = 1;
const week = 7;

/** Holds what a scorecard would have said on each day against how the terms ended. */
@Injectable()
export class BacktestScorecard {
  constructor(
    private readonly database: Database,
    private readonly outcomes: OutcomeStore,
    private readonly days: DayStore,
    private readonly revisions: ScorecardRevisions,
  ) {}

  /** Yields after each account and each part of the report: a few milliseconds of work. One row a term stays in memory. */
  async *run(card: CompiledScorecard): AsyncGenerator<BacktestProgress, FoundByBacktest> {
    const accounts = await this.outcomes.countAccounts(this.database);
    const unread = new Set<string>();
    const rows: TermRow[] = [];
    let accountsDone = 0;
    for (let after: string | null = null; ; ) {
      const accountIds: string[] = await this.outcomes.accountsWithOutcomes(this.database, after, accountsAtOnce);
      const known = await this.outcomes.known(this.database, accountIds);
      for (const [accountId, account] of known) {
        rows.push(...(await this.rowsOf(accountId, account, card, unread)));
        accountsDone += 1;
        yield { accounts: Math.max(accounts, accountsDone), accountsDone };
      }
      if (accountIds.length < accountsAtOnce) break;
      after = accountIds.at(-1)!;
    }
    const report = reportOf(rows, card.measures, seed);
    for (;;) {
      const step = report.next();
      if (step.done) return { ...rounded(step.value), accountsWithOutcomes: accountsDone, unreadMeasures: [...unread].sort() };
      yield { accounts: accountsDone, accountsDone };
    }
  }

  private async rowsOf(accountId: string, { segment, outcomes, days }: KnownOutcomes, card: CompiledScorecard, unread: Set<string>): Promise<TermRow[]> {
    const notices = outcomes.map(({ noticeOn }) => noticeOn);
    const kept = await this.days.readingsOf(accountId, Math.min(...notices) - warningDays - week, Math.max(...notices));
    const left = await this.leftOn(kept, card);
    return termRowsOf({
      accountId, segment, outcomes, readings: judgedDaysOf(kept, card, (from) => left.get(keyOf(from)) ?? null, unread),
      outreach: days.filter(({ hasOutreach }) => hasOutreach).map(({ day }) => day),
      nps: days.flatMap(({ day, nps }) => (nps === null ? [] : [{ day, score: nps.score }])),
    });
  }

  /** Scorecards that the account came from on its way to this one. */
  private async leftOn(days: readonly KeptDay[], card: CompiledScorecard): Promise<Map<string, CompiledScorecard | null>> {
    const left = new Map<string, CompiledScorecard | null>();
    for (const { judgedBy, passage } of days) {
      if (passage === null || judgedBy.id !== card.id || left.has(keyOf(passage.from))) continue;
      left.set(keyOf(passage.from), await this.revisions.revision(passage.from).catch((error: unknown) => {
        if (error instanceof UnfitScorecard) return null;
        throw error;
      }));
    }
    return left;
  }
}

const keyOf = ({ id, revision }: ScorecardRef): string => `${id}@${revision}`;
