import { jest } from '@jest/globals';
import { accountsTopic, renewalsTopic, signalsTopic } from '@perennial/contracts/topics';
import type { TestService } from '@perennial/testing/service';
import { BacktestScorecard } from '../src/application/backtest-scorecard.js';
import type { FoundByBacktest } from '../src/application/backtest-store.js';
import { ScorecardRevisions } from '../src/application/scorecard-revisions.js';
import { leads } from '../src/domain/backtest/term-row.js';
import { isoDay, startOf } from '../src/domain/time/day.js';
import { KnownPlans } from '../src/persistence/known-plans.js';
import { PostgresDayStore } from '../src/persistence/postgres-day-store.js';
import { PostgresScorecardStore } from '../src/persistence/postgres-scorecard-store.js';
import { WorkerReports } from '../src/persistence/threads/worker-reports.js';
import { Desk } from './desk.js';
import { plantedBook, type PlantedAccount } from './planted-book.js';
import { csmLedScorecard } from './scenario.js';
import { Memory, received, scoringBench } from './scoring-bench.js';

jest.setTimeout(180_000);

type Bench = Awaited<ReturnType<typeof scoringBench>>;
const from = '2026-03-10';
const book = plantedBook({ accounts: 60, seed: 5, from });

/** Lets the service live through the book, a batch a day; with `lead` nobody is told of an account's last so many days before the notice date. */
async function liveThrough(bench: Bench, lead = 0): Promise<void> {
  const desk = new Desk({ clock: bench.clock } as unknown as TestService);
  const memory = new Memory();
  const { startsOn, noticeOn } = book[0]!.outcome;
  await bench.handle(accountsTopic, bench.accounts, book.map(({ account }) => received(accountsTopic, desk.account(account.id, account))), memory);
  for (let day = startsOn; day <= noticeOn - lead; day += 1) {
    bench.clock.advance(new Date(startOf(day + 1) - 1));
    const today = isoDay(day);
    const signals = book.flatMap((planted) => planted.signals.filter(({ occurredAt }) => occurredAt.startsWith(today)));
    await bench.handle(signalsTopic, bench.signals, signals.map((data) => received(signalsTopic, { type: `perennial.signal.${data.kind}.v1`, key: data.accountId, data } as never)), memory);
  }
  // Outcomes come when the terms are over: they are looked at on a day of their own.
  bench.clock.advance(new Date(startOf(noticeOn + 90)));
  await bench.handle(renewalsTopic, bench.renewals, book.map(({ account, outcome }) => received(renewalsTopic, desk.renewals(account.id, { renewals: [renewalOf(account.id, outcome)] }))), memory);
}

const renewalOf = (accountId: string, { renewalId, startsOn, noticeOn, lost, decidedOn }: PlantedAccount['outcome']) => ({
  id: renewalId, accountId, contractId: `${accountId}-c`, startsOn: isoDay(startsOn), renewalOn: renewalId.slice(-10), noticeOn: isoDay(noticeOn), decidedOn: decidedOn === null ? null : isoDay(decidedOn),
  arrMinor: 1, currency: 'USD', state: lost ? ('churned' as const) : ('renewed' as const), outcome: lost ? ('churned' as const) : ('flat' as const), forecast: null,
});

async function backtest({ database, outcomes }: Bench): Promise<FoundByBacktest> {
  const steps = new BacktestScorecard(database, outcomes, new PostgresDayStore(database, new KnownPlans(database)), new ScorecardRevisions(database, new PostgresScorecardStore(database)), new WorkerReports()).run(csmLedScorecard);
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
  }
}

describe('a backtest of what the service read', () => {
  const benches: Bench[] = [];
  const lived = async (lead?: number): Promise<Bench> => {
    const bench = await scoringBench();
    benches.push(bench);
    await liveThrough(bench, lead);
    return bench;
  };
  afterAll(() => Promise.all(benches.map((bench) => bench.dispose())));

  it('equals what an independent count of the days shown gives, and is the same where later signals never came', async () => {
    const bench = await lived();
    const found = await backtest(bench);
    expect(found).toMatchObject({ terms: 60, accountsWithOutcomes: 60, unreadMeasures: [], finding: 'signal' });
    const rows: { id: string; day: string; raw: string; risk: string }[] = await bench.database.query(`SELECT account_id AS id, day::text, raw_score AS raw, risk_level AS risk FROM health_day ORDER BY account_id, day`);
    let recalled = 0;
    for (const [index, lead] of leads.entries()) {
      const open = book.flatMap(({ account, outcome: { noticeOn, decidedOn, lost } }) => {
        if (decidedOn !== null && decidedOn <= noticeOn - lead) return [];
        const shown = rows.findLast(({ id, day }) => id === account.id && day <= isoDay(noticeOn - lead))!;
        return [{ lost, score: Number(shown.raw), isRed: shown.risk === 'red' }];
      });
      let won = 0;
      const [lost, renewed] = [open.filter((term) => term.lost), open.filter((term) => !term.lost)];
      for (const a of lost) for (const b of renewed) won += Math.sign(b.score - a.score) / 2 + 0.5;
      const figures = found.leads[index]!;
      expect(figures).toMatchObject({ leadDays: lead, terms: open.length, losses: lost.length });
      expect(figures.auc!.value).toBeCloseTo(won / lost.length / renewed.length, 3);
      if (figures.finding !== 'signal') continue;
      expect(figures.recall).toMatchObject({ count: lost.filter(({ isRed }) => isRed).length, of: lost.length });
      recalled += 1;
    }
    expect(recalled).toBeGreaterThan(0);
    const lossesRed = book.filter(({ account, outcome }) => outcome.lost && rows.some(({ id, day, risk }) => id === account.id && risk === 'red' && day < isoDay(outcome.decidedOn ?? outcome.noticeOn)));
    expect(found.red.neverRed!.of - found.red.neverRed!.count).toBe(lossesRed.length);

    // Nothing later than 90 days before the notice date was ever told.
    const blind = await backtest(await lived(90));
    expect(blind.leads.slice(0, 3)).toEqual(found.leads.slice(0, 3));
    expect(blind.added).toEqual(found.added);
    const ranked = ({ drivers }: FoundByBacktest) => drivers.drivers.map(({ measure, chosen, odds }) => ({ measure, chosen, odds }));
    expect(ranked(blind)).toEqual(ranked(found));
    expect(blind.leads[4]).toMatchObject({ terms: 0, finding: 'too_few' });
  });

  it('knows the content and what was done about red', async () => {
    const [bench] = benches;
    const rows: { id: string; nps: string | null; outreach: boolean }[] = await bench!.database.query('SELECT account_id AS id, nps, has_outreach AS outreach FROM customer_day ORDER BY day');
    const losses = book.filter(({ outcome }) => outcome.lost);
    const content = losses.filter(({ account }) => Number(rows.findLast(({ id, nps }) => id === account.id && nps !== null)!.nps) >= 9);
    expect((await backtest(bench!)).red.contentNps).toMatchObject({ count: content.length, of: losses.length });
  });
});
