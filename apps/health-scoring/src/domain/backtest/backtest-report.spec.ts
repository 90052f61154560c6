import { chanceOf, plantedMeasures, plantedTerms } from '../../../test/planted-terms.js';
import { reportOf, type BacktestReport } from './backtest-report.js';
import { leads, type TermRow } from './term-row.js';

const measures = [{ id: 'goal_attainment', weight: 16 }, ...plantedMeasures.slice(1).map((id) => ({ id, weight: 10 }))];

function report(rows: readonly TermRow[]): BacktestReport {
  const steps = reportOf(rows, measures, 1);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Terms with what red and indicators did, planted as stated beside each. */
function told(row: TermRow, i: number): TermRow {
  const { uniform } = chanceOf(i + 1);
  const isRed = uniform() < (row.lost ? 0.7 : 0.1);
  return {
    ...row,
    red: isRed ? { leadDays: 40 + Math.floor(80 * uniform()), isAnswered: i % 2 === 0 } : null,
    raised: new Map([...(isRed ? [['usage_drop', 100] as const] : []), ...(i % 5 === 0 ? [['ticket_surge', 30] as const] : []), ...(i === 3 ? [['csm_concern', 10] as const] : [])]),
    lastNps: i % 4 === 0 ? null : i % 4 === 1 ? 9 : 6,
  };
}

describe('a backtest of planted outcomes', () => {
  const rows = plantedTerms(11).map(told);
  const found = report(rows);

  it('counts what an independent count of the same rows gives', () => {
    for (const [index, lead] of found.leads.entries()) {
      const terms = rows.map(({ lost, at }) => ({ lost, ...(at[index] as Extract<TermRow['at'][number], object>) }));
      const losses = terms.filter(({ lost }) => lost);
      const red = terms.filter(({ isRed }) => isRed);
      const pairs = losses.flatMap((a) => terms.filter(({ lost }) => !lost).map((b): number => (a.scoreBp! < b.scoreBp! ? 1 : a.scoreBp === b.scoreBp ? 0.5 : 0)));
      expect(lead).toMatchObject({ leadDays: leads[index], terms: rows.length, losses: losses.length, finding: 'signal' });
      expect(lead.auc!.value).toBeCloseTo(pairs.reduce((a, b) => a + b, 0) / pairs.length, 10);
      expect(lead.precision).toMatchObject({ count: red.filter(({ lost }) => lost).length, of: red.length });
      expect(lead.recall).toMatchObject({ count: losses.filter(({ isRed }) => isRed).length, of: losses.length });
    }
    const lost = rows.filter((row) => row.lost);
    expect(found.red.neverRed).toMatchObject({ count: lost.filter(({ red }) => red === null).length, of: lost.length });
    expect(found.red.contentNps).toMatchObject({ count: lost.filter(({ lastNps }) => lastNps === 9).length, of: lost.filter(({ lastNps }) => lastNps !== null).length });
    const days = lost.flatMap(({ red }) => red?.leadDays ?? []).sort((a, b) => a - b);
    expect(found.red.leadDays!.median).toBe((days[Math.floor((days.length - 1) / 2)]! + days[Math.floor(days.length / 2)]!) / 2);
    for (const [isAnswered, share] of [[true, found.red.answered], [false, found.red.untouched]] as const) {
      const turned = rows.filter(({ red }) => red?.isAnswered === isAnswered);
      expect(share).toMatchObject({ count: turned.filter((row) => row.lost).length, of: turned.length });
    }
  });

  it('says which indicators warn, which do not, and of which too little is known', () => {
    expect(found.indicators.map(({ kind, finding }) => [kind, finding])).toEqual([['csm_concern', 'too_few'], ['ticket_surge', 'no_signal'], ['usage_drop', 'signal']]);
    expect(found.indicators[0]).toMatchObject({ raised: 1, precision: null, text: expect.stringContaining('Too few outcomes') });
    expect(found.indicators[2]!.precision!.count).toBe(rows.filter(({ lost, red }) => lost && red !== null).length);
  });

  it('says what each measure adds to goals alone', () => {
    const adding = found.added.filter(({ finding }) => finding === 'signal').map(({ measure }) => measure);
    expect(adding).toEqual(expect.arrayContaining(['use', 'sponsor']));
    expect(adding.filter((id) => id.startsWith('noise'))).toEqual([]);
    expect(found.added.find(({ measure }) => measure === 'use')!.gain!.value).toBeGreaterThan(0.05);
  });

  it('says that there is no signal where there is none, in 19 of 20 books, and gives no precision of red', () => {
    const books = Array.from({ length: 20 }, (_, i) => report(plantedTerms(300 + i, { strength: 0, accounts: 250 })));
    expect(books.filter(({ finding }) => finding === 'no_signal').length).toBeGreaterThanOrEqual(19);
    const none = books.find(({ finding }) => finding === 'no_signal')!;
    expect(none.text).toMatch(/^No signal/);
    expect(none.leads[2]).toMatchObject({ finding: 'no_signal', precision: null, recall: null, text: expect.stringContaining('which chance alone explains') });
  }, 120_000);

  it('says that there are too few outcomes, for the book or for a segment', () => {
    expect(report(plantedTerms(2, { accounts: 20 }))).toMatchObject({ finding: 'too_few', drivers: { drivers: [] } });
    const lopsided = rows.map((row, i): TermRow => ({ ...row, segment: i < 30 ? 'pilot' : 'rest' }));
    const [rest, pilot] = report(lopsided).segments;
    expect(rest).toMatchObject({ segment: 'rest', finding: 'signal' });
    expect(pilot).toMatchObject({ segment: 'pilot', terms: 30, finding: 'too_few' });
    expect(pilot!.leads[0]).toMatchObject({ auc: null, precision: null, text: expect.stringContaining('Too few outcomes 270 days before the notice date') });
  });
});
