import { plantedBook, type PlantedAccount } from '../../../test/planted-book.js';
import { aliveAt, csmLedScorecard } from '../../../test/scenario.js';
import { applyAccount, applySignal, initialState } from '../account-health.js';
import { look } from '../look.js';
import { startOf, type EpochDay } from '../time/day.js';
import type { JudgedDay } from './account-history.js';
import { reportOf, type BacktestReport } from './backtest-report.js';
import { customerDayOf } from './customer-day.js';
import { leads, termRowsOf, type TermRow } from './term-row.js';

const measures = csmLedScorecard.measures;

/** Looks at the account at the end of each day, as the service does; with `until` as if nothing had been told later. */
function lived({ account, signals, outcome }: PlantedAccount, until = outcome.noticeOn): JudgedDay[] {
  const state = initialState(account.id);
  applyAccount(state, account);
  let next = 0;
  return Array.from({ length: until - outcome.startsOn + 1 }, (_, i) => {
    const day = outcome.startsOn + i;
    const asOf = startOf(day + 1) - 1;
    for (; next < signals.length && Date.parse(signals[next]!.occurredAt) <= asOf; next += 1) applySignal(state, signals[next]!);
    const { health } = look(state, { asOf, cause: 'time', scorecard: csmLedScorecard, sources: aliveAt(asOf) })!;
    return {
      day, scoreBp: health.rawScore === null ? null : Math.round(health.rawScore * 100), riskLevel: health.riskLevel, indicators: health.indicators.map(({ kind }) => kind),
      pointsBp: health.measures.map(({ points }) => (points === null ? null : Math.round(points * 100))),
    };
  });
}

function rowOf(planted: PlantedAccount, readings: readonly JudgedDay[]): TermRow {
  const days = planted.signals.flatMap((signal) => customerDayOf(signal) ?? []);
  return termRowsOf({
    accountId: planted.account.id, segment: planted.segment, readings, outcomes: [planted.outcome],
    outreach: days.filter(({ hasOutreach }) => hasOutreach).map(({ day }) => day), nps: days.flatMap(({ day, nps }) => (nps === null ? [] : [{ day, score: nps.score }])),
  })[0]!;
}

function report(rows: readonly TermRow[]): BacktestReport {
  const steps = reportOf(rows, measures, 1);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

describe('the default scorecard on planted truth', () => {
  const book = plantedBook({ accounts: 60, seed: 5 });
  const readings = new Map(book.map((planted) => [planted.account.id, lived(planted)]));
  const rows = book.map((planted) => rowOf(planted, readings.get(planted.account.id)!));
  const found = report(rows);
  const readingOf = (planted: PlantedAccount, day: EpochDay): JudgedDay => readings.get(planted.account.id)![day - planted.outcome.startsOn]!;

  it('is found to warn as it does, as an independent count of the same days finds', () => {
    leads.forEach((lead, index) => {
      // Those whose decision was not known: no notice yet.
      const open = book.filter(({ outcome }) => outcome.decidedOn === null || outcome.decidedOn > outcome.noticeOn - lead);
      const at = (planted: PlantedAccount): JudgedDay => readingOf(planted, planted.outcome.noticeOn - lead);
      const [lost, renewed] = [open.filter(({ outcome }) => outcome.lost), open.filter(({ outcome }) => !outcome.lost)];
      let won = 0;
      for (const a of lost) for (const b of renewed) won += Math.sign(at(b).scoreBp! - at(a).scoreBp!) / 2 + 0.5;
      const figures = found.leads[index]!;
      expect(figures).toMatchObject({ leadDays: lead, terms: open.length, losses: lost.length, leftOut: { decided: book.length - open.length, unread: 0 } });
      expect(figures.auc!.value).toBeCloseTo(won / lost.length / renewed.length, 12);
      const isRed = (planted: PlantedAccount): boolean => at(planted).riskLevel === 'red';
      if (figures.finding === 'signal') {
        expect(figures.precision ?? { count: 0, of: 0 }).toMatchObject({ count: lost.filter(isRed).length, of: open.filter(isRed).length });
        expect(figures.recall).toMatchObject({ count: lost.filter(isRed).length, of: lost.length });
      }
    });
    const warned = (planted: PlantedAccount): JudgedDay[] => readings.get(planted.account.id)!.filter(({ day, riskLevel }) => day < (planted.outcome.decidedOn ?? planted.outcome.noticeOn) && riskLevel === 'red');
    const losses = book.filter(({ outcome }) => outcome.lost);
    expect(found.red.neverRed).toMatchObject({ count: losses.filter((planted) => warned(planted).length === 0).length, of: losses.length });
    const content = losses.filter(({ signals }) => signals.some(({ kind, data }) => kind === 'survey' && (data as { type: string }).type === 'nps' && (data as { score: number }).score >= 9));
    expect(found.red.contentNps).toMatchObject({ count: content.length, of: losses.length });
  });

  it('sees what was planted, when it was, and not before', () => {
    expect(found.leads.map(({ finding }) => finding)).toEqual(['signal', 'signal', 'signal', 'signal', 'signal']);
    const [early, , late] = found.leads;
    expect(late!.auc!.value).toBeGreaterThan(0.8);
    expect(early!.auc!.value).toBeLessThan(late!.auc!.value);
    const drop = found.indicators.find(({ kind }) => kind === 'usage_drop')!;
    expect(drop.raised).toBe(book.filter(({ life }) => life === 'fading' || life === 'saved').length);
    // Each life that loses stands out by its own sign; a steady one that leaves gives none.
    const lostBy = (life: string): TermRow[] => rows.filter(({ lost }, i) => lost && book[i]!.life === life);
    expect(lostBy('fading').every(({ raised }) => raised.has('usage_drop'))).toBe(true);
    expect(lostBy('unmet').every(({ red }) => red !== null && red.leadDays >= 120)).toBe(true);
    expect(lostBy('steady').every(({ red }) => red === null)).toBe(true);
  });

  it('rests on nothing that was told later: every day again, with all later signals deleted', () => {
    for (const planted of book.slice(0, 6)) {
      const known = rows[book.indexOf(planted)]!;
      leads.forEach((lead, index) => {
        const day = planted.outcome.noticeOn - lead;
        const last = lived(planted, day).at(-1)!;
        expect(last).toEqual(readingOf(planted, day));
        const reading = known.at[index]!;
        if (typeof reading !== 'string') expect(reading).toEqual({ scoreBp: last.scoreBp, isRed: last.riskLevel === 'red', pointsBp: last.pointsBp });
      });
    }
  }, 120_000);

  it('finds no signal where the same lives got their outcomes by lot', () => {
    const lots = plantedBook({ accounts: 60, seed: 5, signal: false });
    expect(lots.map(({ life, account }) => [life, account.id])).toEqual(book.map(({ life, account }) => [life, account.id]));
    const none = report(lots.map((planted) => rowOf(planted, lived(planted))));
    expect(none.losses).toBe(found.losses);
    expect(none).toMatchObject({ finding: 'no_signal', text: expect.stringMatching(/^No signal/) });
    expect(none.indicators.filter(({ finding }) => finding === 'signal' || finding === 'reversed')).toEqual([]);
    expect(none.drivers.drivers.filter(({ isDriver }) => isDriver)).toEqual([]);
  }, 120_000);
});
