import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { reportOf, type BacktestReport } from '../domain/backtest/backtest-report.js';
import { judgedDaysOf } from '../domain/backtest/judged-days.js';
import { termRowsOf, warningDays, type TermRow } from '../domain/backtest/term-row.js';
import type { CompiledScorecard } from '../domain/scorecard/compile-scorecard.js';
import type { FoundByBacktest } from './backtest-store.js';
import { DayStore } from './day-store.js';
import { OutcomeStore, type KnownOutcomes } from './outcome-store.js';

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
    return termRowsOf({
      accountId, segment, outcomes, readings: judgedDaysOf(kept, card, unread),
      outreach: days.filter(({ hasOutreach }) => hasOutreach).map(({ day }) => day),
      nps: days.flatMap(({ day, nps }) => (nps === null ? [] : [{ day, score: nps.score }])),
    });
  }
}

/** Four decimals: more would pretend to be known. */
const rounded = (report: BacktestReport): BacktestReport => JSON.parse(JSON.stringify(report, (_, value: unknown) => (typeof value === 'number' ? Math.round(value * 10_000) / 10_000 : value))) as BacktestReport;
