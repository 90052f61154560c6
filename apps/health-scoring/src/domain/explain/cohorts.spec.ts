import fc from 'fast-check';
import { measureById } from '../measures/all-measures.js';
import { monday } from '../../../test/scenario.js';
import type { DayVerdict } from '../days/judge-day.js';
import { cohortGapOf } from './cohort-gap.js';
import { cohortOf, CohortTable } from './cohorts.js';
import { weeklyLights } from './weekly-light.js';

describe('cohorts', () => {
  it.each<[number, string]>([[0, 'under_3_months'], [89, 'under_3_months'], [90, '3_to_12_months'], [729, '12_to_24_months'], [5000, 'over_24_months']])('day %d of an account: %s', (ageDays, tenure) =>
    expect(cohortOf('csm-led', { segment: null, ageDays }).tenure).toBe(tenure));

  const cohort = cohortOf('csm-led', { segment: 'smb', ageDays: 400 });
  it('answers quantiles that split the accounts as they should, and none of too few', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 40 }), (values) => {
        const table = new CohortTable();
        for (const value of values) table.add(cohort, 'survey', value);
        const [found] = table.quantiles(10);
        if (values.length < 10) return expect(found).toBeUndefined();
        expect(found).toMatchObject({ ...cohort, measure: 'survey', accounts: values.length });
        for (const [share, points] of [[0.25, found!.q25], [0.5, found!.q50], [0.75, found!.q75]] as const) {
          expect(values.filter((value) => value / 100 <= points + 0.005).length).toBeGreaterThanOrEqual(Math.floor(share * (values.length - 1)) + 1);
          expect(values.filter((value) => value / 100 >= points - 0.005).length).toBeGreaterThanOrEqual(values.length - Math.ceil(share * (values.length - 1)));
        }
      }),
    );
  });
  it('keeps cohorts and measures apart', () => {
    const table = new CohortTable();
    for (let i = 0; i < 10; i += 1) {
      table.add(cohort, 'survey', i * 100);
      table.add({ ...cohort, segment: null }, 'survey', 5000);
      table.add(cohort, 'payment', 10_000);
    }
    expect(table.quantiles(10).map(({ segment, measure, q25, q50, q75 }) => [segment, measure, q25, q50, q75])).toEqual([['smb', 'survey', 2.25, 4.5, 6.75], [null, 'survey', 50, 50, 50], ['smb', 'payment', 100, 100, 100]]);
  });
  it('the gap is what is wanting to the top quarter, what is worth most first; with too few it is no number', () => {
    const reading = (id: string, weight: number, points: number | null) => ({ id, weight, points, state: points === null ? ('missing' as const) : ('ok' as const) }) as never;
    const measures = [reading('survey', 10, 80), reading('payment', 10, 40), reading('touches', 20, 60), reading('ticket_load', 10, 10), reading('csm_sentiment', 5, null)];
    const quantiles = [['survey', 75], ['payment', 90], ['touches', 70], ['csm_sentiment', 85]].map(([measure, q75]) => ({ ...cohort, measure: String(measure), accounts: 12, q25: 1, q50: 2, q75: Number(q75) }));
    const found = cohortGapOf({ measures }, cohort, '2026-03-01', quantiles);
    expect(found).toMatchObject({ segment: 'smb', tenure: '12_to_24_months', table: '2026-03-01' });
    expect(found.measures.map(({ measure, gap, worth, text }) => [measure, gap, worth, text])).toEqual([
      ['payment', 50, 10, 'Payment: 40 points, the top quarter begins at 90'],
      ['touches', 10, 4, 'Touches: 60 points, the top quarter begins at 70'],
      ['survey', 0, 0, 'Surveys: 80 points, in the top quarter (from 75)'],
      ['ticket_load', null, null, 'Ticket load: not enough peers'],
      ['csm_sentiment', null, null, 'Sentiment of the customer-success manager: the top quarter begins at 85 points; here there is no data'],
    ]);
  });
});

describe('H18 the weekly traffic light', () => {
  const judged = (...points: (number | null)[]): Pick<DayVerdict, 'measures'> => ({
    measures: ['usage_level', 'ticket_load', 'csm_sentiment'].map((id, i) => ({ definition: measureById.get(id)!, weight: 1, reading: { found: false, state: 'missing' }, state: 'ok', pointsBp: (points[i] ?? null) === null ? null : points[i]! * 100, freshBp: null, validUntil: null })),
  });
  const bands = { amber: 40, green: 70 };
  it('is the worst of three, with a cause for each that changed', () => {
    const weeks = [judged(80, 85, null), judged(55, 85, null), judged(55, 20, 90)].map((one, week) => ({ monday: monday + 7 * week, judged: one, bands }));
    expect(weeklyLights(weeks, ['usage_level', 'ticket_load', 'csm_sentiment']).map(({ week, light, lights, causes }) => [week, light, lights.map((one) => one.light).join(), causes.map(({ text }) => text)])).toEqual([
      ['2026-01-05', 'green', 'green,green,unknown', []],
      ['2026-01-12', 'amber', 'amber,green,unknown', ['Level of use: green to amber (from 80 to 55 points)']],
      ['2026-01-19', 'red', 'amber,red,green', ['Ticket load: green to red (from 85 to 20 points)', 'Sentiment of the customer-success manager: unknown to green (from no to 90 points)']],
    ]);
  });
  it('nothing known is unknown', () => expect(weeklyLights([{ monday, judged: { measures: [] }, bands }], ['survey'])).toEqual([{ week: '2026-01-05', light: 'unknown', lights: [{ measure: 'survey', light: 'unknown', points: null }], causes: [] }]));
});
