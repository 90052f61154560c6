import { plantedTerms } from '../../../test/planted-terms.js';
import { addedFiguresOf, comparedAt, goalMeasure, type AddedFigures, type ReportedMeasure } from './added-by-measure.js';
import { leads, type TermRow } from './term-row.js';

const goals = { id: goalMeasure, weight: 16 };
const further = [{ id: 'use', weight: 10 }, { id: 'sponsor', weight: 4 }];

function added(rows: readonly TermRow[], measures: readonly ReportedMeasure[]): AddedFigures[] {
  const steps = addedFiguresOf(rows, measures);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Terms of which one measure or another is not known, and of every tenth none. */
const rows = plantedTerms(21, { accounts: 150 }).map((row, i): TermRow => ({
  ...row,
  at: row.at.map((reading) => (typeof reading === 'string' ? reading : { ...reading, pointsBp: reading.pointsBp.slice(0, 3).map((points, j) => (i % 10 === 0 || i % 4 === j ? null : points)) })),
}));

type Points = readonly (number | null)[];
/** Every pair of a lost and a renewed term, one by one, 90 days before the notice date. */
function byPairs(score: (points: Points) => number): number {
  const scoreOf = ({ at }: TermRow): number => {
    const reading = at[leads.indexOf(comparedAt)]!;
    return typeof reading === 'string' ? NaN : score(reading.pointsBp);
  };
  const pairs = rows.filter(({ lost }) => lost).flatMap((lost) => rows.filter((row) => !row.lost).map((renewed) => Math.sign(scoreOf(renewed) - scoreOf(lost)) / 2 + 0.5));
  return pairs.reduce((sum, won) => sum + won, 0) / pairs.length;
}

describe('what a measure adds to goals alone', () => {
  it.each(further.map((measure, i) => [measure.id, measure, i + 1] as const))('is what it makes of the order of losses and renewals: %s', (id, { weight }, place) => {
    const goalsOnly = byPairs(([known]) => known ?? 5000);
    const both = byPairs((points) => {
      const [known = null, own = null] = [points[0], points[place]];
      if (known === null || own === null) return known ?? own ?? 5000;
      return (16 * known + weight * own) / (16 + weight);
    });
    const figures = added(rows, [goals, ...further]).find(({ measure }) => measure === id)!;
    expect(figures).toMatchObject({ terms: rows.length, losses: rows.filter(({ lost }) => lost).length });
    expect([figures.goalsOnlyAuc!.value, figures.auc!.value, figures.gain!.value]).toEqual([goalsOnly, both, both - goalsOnly].map((value): unknown => expect.closeTo(value, 10)));
  });

  it('is all that it says where the scorecard has no goals', () => {
    const [, figures] = added(rows, [{ id: 'value', weight: 1 }, ...further]);
    expect([figures!.goalsOnlyAuc!.value, figures!.auc!.value]).toEqual([0.5, expect.closeTo(byPairs((points) => points[1] ?? 5000), 10)]);
  });

  it('is not told of too few outcomes', () => {
    expect(added(rows.slice(0, 20), [goals, ...further])).toEqual(further.map(({ id }): unknown => expect.objectContaining({ measure: id, terms: 20, finding: 'too_few', goalsOnlyAuc: null, auc: null, gain: null })));
  });
});
