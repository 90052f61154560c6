import { csmLedScorecard, monday, Scenario, shippedDocument } from '../../../test/scenario.js';
import { judgeDay } from '../days/judge-day.js';
import { parseDay } from '../time/day.js';
import { nextBandOf } from './next-band.js';
import { scoreChange } from './score-change.js';

/** Day of a scenario, and hour. */
const on = (day: string, hour = 9): number => parseDay(day) - monday + hour / 24;

/** docs/health-score.md computes this account by hand: what it says must be what comes out. */
describe('the account that the page recomputes', () => {
  const it1 = new Scenario().account({ segment: 'smb', tier: 'mid' }, on('2025-08-01'));
  it1.sources = (asOf) => Object.fromEntries(['contract', 'license', 'person', 'goal', 'metric', 'survey', 'engagement', 'ticket', 'pulse'].map((kind) => [kind, { lastSeenAt: asOf, staleAt: asOf + 1e9 }]));
  it1.signal(on('2025-08-01'), 'contract', { contractId: 'c-1', status: 'created', startsOn: '2025-08-01', endsOn: '2026-07-31', arrMinor: 4_000_000, currency: 'USD' });
  it1.signal(on('2025-08-01'), 'license', { seatsBought: 50, seatsAssigned: 30 });
  it1.person(on('2025-08-01'), 'sam', { change: 'created', name: 'Sam', roles: ['executive_sponsor'] });
  it1.person(on('2025-08-01'), 'cleo', { change: 'created', name: 'Cleo', roles: ['champion'] });
  it1.signal(on('2025-10-01'), 'goal', { goalId: 'g-1', name: 'Faster onboarding', metric: 'onboarding_days', baseline: 20, target: 10, startsOn: '2025-10-01', dueOn: '2026-02-15', status: 'set' });
  it1.signal(on('2026-02-10'), 'metric', { metric: 'onboarding_days', value: 11 });
  it1.signal(on('2026-01-15'), 'survey', { type: 'nps', score: 9 }, { personId: 'sam' });
  it1.signal(on('2026-01-15'), 'survey', { type: 'nps', score: 6 }, { personId: 'cleo' });
  it1.meeting(on('2026-02-20', 14), 'sam', 'cleo');
  it1.signal(on('2026-02-26'), 'ticket', { ticketId: 't-1', status: 'opened', priority: 'high' });
  it1.signal(on('2026-01-26', 8), 'pulse', { pulse: 4, reason: 'good talks' });

  it('comes out as the page says, measure by measure', () => {
    const { health } = it1.look(on('2026-03-02', 8));
    expect(health.measures.filter(({ points }) => points !== null).map(({ id, value, points, weight, contribution }) => [id, value, points, weight, contribution])).toEqual([
      ['goal_attainment', 0.9, 70, 16, 4.99], ['license_utilisation', 0.6, 52.04, 8, 0.26], ['survey', 7.8, 66.5, 9, 2.32], ['touches', 0.5, 62.69, 5, 0.99], ['executive_touch', 10, 100, 5, 3.91],
      ['ticket_load', 5, 75, 6, 2.34], ['csm_sentiment', 4, 73.33, 10, 3.65], ['multithreading', 60, 60, 5, 0.78],
    ]);
    expect(health).toMatchObject({ rawScore: 69.24, healthScore: 65, band: 'amber', dataCoverage: 0.8, adjustments: [{ kind: 'cap', points: -4.24 }] });
    expect(nextBandOf({ ...health, version: 1 }, shippedDocument('csm-led'))?.changes.map(({ kind, id, to, value }) => [kind, id, to, value])).toEqual([['cap', 'goal_missed', null, null], ['measure', 'goal_attainment', 85.03, 0.9752]]);
  });

  it('changes two days later as the page says', () => {
    const then = it1.look(on('2026-03-03', 0));
    it1.signal(on('2026-03-04', 8), 'survey', { type: 'nps', score: 4 }, { personId: 'sam' });
    const now = it1.look(on('2026-03-04', 8));
    const judged = judgeDay(then.facts, csmLedScorecard);
    const { parts, change } = scoreChange({ ...now.health, version: 1 }, { judgedBy: then.health.scorecard, judged, anew: judged });
    expect(change).toBe(-1.9);
    expect(parts.map(({ kind, id, from, to, by }) => [kind, id, from, to, by])).toEqual([
      ['measure', 'survey', 66.5, 28, -5.41], ['cap', null, null, null, 4], ['measure', 'csm_sentiment', 71.78, 68.67, -0.48], ['measure', 'goal_attainment', 70, 70, -0.01],
    ]);
  });
});
