import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { setTimeout as sleep } from 'node:timers/promises';
import { judgedDaysOf } from '../domain/backtest/judged-days.js';
import type { KeptDay } from '../domain/days/day-codec.js';
import { termRowsOf, warningDays, type TermRow } from '../domain/backtest/term-row.js';
import { UnfitScorecard, type CompiledScorecard, type ScorecardRef } from '../domain/scorecard/compile-scorecard.js';
import { BacktestReports } from './backtest-reports.js';
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
/** How often it says that the report is not there yet. */
const waitMs = 100;

/** Holds what a scorecard would have said on each day against how the terms ended. */
@Injectable()
export class BacktestScorecard {
  constructor(
    private readonly database: Database,
    private readonly outcomes: OutcomeStore,
    private readonly days: DayStore,
    private readonly revisions: ScorecardRevisions,
    private readonly reports: BacktestReports,
  ) {}

  /** Yields after each account, a few milliseconds of work, and now and then while the report is counted elsewhere. No term stays here. */
  async *run(card: CompiledScorecard): AsyncGenerator<BacktestProgress, FoundByBacktest> {
    const accounts = await this.outcomes.countAccounts(this.database);
    const unread = new Set<string>();
    const open = this.reports.begin(card.measures, seed);
    let accountsDone = 0;
    try {
      for (let after: string | null = null; ; ) {
        const accountIds: string[] = await this.outcomes.accountsWithOutcomes(this.database, after, accountsAtOnce);
        const known = await this.outcomes.known(this.database, accountIds);
        const rows: TermRow[] = [];
        for (const [accountId, account] of known) {
          rows.push(...(await this.rowsOf(accountId, account, card, unread)));
          accountsDone += 1;
          yield { accounts: Math.max(accounts, accountsDone), accountsDone };
        }
        await open.add(rows);
        if (accountIds.length < accountsAtOnce) break;
        after = accountIds.at(-1)!;
      }
      const counting = open.report();
      for (;;) {
        const report = await Promise.race([counting, sleep(waitMs)]);
        if (report !== undefined) return { ...report, accountsWithOutcomes: accountsDone, unreadMeasures: [...unread].sort() };
        yield { accounts: accountsDone, accountsDone };
      }
    } finally {
      await open.end();
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
