import { chanceOf, plantedMeasures, plantedTerms } from '../../../test/planted-terms.js';
import { reportOf } from './backtest-report.js';
import { packedRows } from './packed-rows.js';
import type { LeadReading, TermRow } from './term-row.js';

const measures = plantedMeasures.map((id) => ({ id: id === 'value' ? 'goal_attainment' : id, weight: 10 }));

/** Planted terms of which some were not read, some are known in part, and some had signs. */
function told(row: TermRow, i: number): TermRow {
  const { uniform } = chanceOf(i + 1);
  const reasons = ['decided', 'outside', 'unread'] as const;
  const at = row.at.map((reading) => {
    const { scoreBp, isRed, pointsBp } = reading as LeadReading;
    if (uniform() < 0.2) return reasons[Math.floor(3 * uniform())]!;
    return { scoreBp: uniform() < 0.05 ? null : scoreBp, isRed, pointsBp: pointsBp.map((points) => (uniform() < 0.1 ? null : uniform() < 0.05 ? 0 : points)) };
  });
  return {
    ...row, accountId: `a${i % 700}`, segment: i % 7 === 0 ? null : row.segment, at: i % 11 === 0 ? row.at.map(() => 'unread' as const) : at, isWatched: i % 11 !== 0,
    red: uniform() < 0.4 ? { leadDays: Math.floor(366 * uniform()), isAnswered: uniform() < 0.5 } : null,
    raised: new Map(uniform() < 0.3 ? [['usage_drop', 0], ['csm_concern', Math.floor(366 * uniform())]] : uniform() < 0.3 ? [['ticket_surge', 7]] : []),
    lastNps: uniform() < 0.5 ? null : Math.round(1_000 * uniform()) / 100,
  };
}

const read = ({ accountId, segment, lost, at, isWatched, red, raised, lastNps }: TermRow): TermRow => ({
  accountId, segment, lost, isWatched, red, lastNps, raised: new Map([...raised.keys()].map((kind) => [kind, raised.get(kind)!])),
  at: at.map((reading) => (typeof reading === 'string' ? reading : { scoreBp: reading.scoreBp, isRed: reading.isRed, pointsBp: reading.pointsBp })),
});

function report(rows: readonly TermRow[]) {
  const steps = reportOf(rows, measures, 1);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

describe('packed rows', () => {
  const rows = plantedTerms(21).map(told);
  const packed = [...packedRows(rows.slice(0, 300)), ...packedRows(rows.slice(300))];

  it('say what the rows say', () => {
    expect(packed.map(read)).toEqual(rows);
    expect(packedRows([])).toEqual([]);
    const bare: TermRow = { ...rows[0]!, at: ['unread', 'unread', 'unread', 'unread', 'outside'], raised: new Map() };
    expect(packedRows([bare]).map(read)).toEqual([bare]);
  });

  it('give the same report to the last bit', () => {
    const found = report(packed);
    expect(JSON.stringify(found)).toBe(JSON.stringify(report(rows)));
    expect(found.drivers.drivers.length).toBe(measures.length);
    expect(found.indicators.length).toBe(3);
  });
});
