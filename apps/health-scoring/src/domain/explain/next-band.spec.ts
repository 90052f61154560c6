import fc from 'fast-check';
import { resolved, someSignals, start } from '../../../test/random-signals.js';
import { aliveAt, csmLedScorecard, Scenario, shippedDocument } from '../../../test/scenario.js';
import { applySignal, initialState } from '../account-health.js';
import { look } from '../look.js';
import { allMeasures } from '../measures/all-measures.js';
import { words } from '../words.js';
import { dayMs } from '../time/day.js';
import { rawScoreOf } from '../verdict/raw-score.js';
import { dataCoverageOf } from './data-coverage.js';
import { nextBandOf, type NextBand } from './next-band.js';
import { trendInWords } from './trend-in-words.js';

const card = shippedDocument('csm-led');
const well = (): Scenario => {
  const it = new Scenario().account({}, -300);
  for (const [name, role] of [['sam', 'executive_sponsor'], ['cleo', 'champion'], ['pat', 'power_user']] as const) it.person(-200, name, { change: 'created', roles: [role] });
  it.meeting(-1, 'sam', 'cleo', 'pat');
  it.meeting(-2, 'sam', 'cleo');
  it.signal(-200, 'goal', { goalId: 'g', name: 'G', metric: 'm', baseline: 0, target: 1, dueOn: '2025-12-01', status: 'confirmed' });
  it.signal(-1, 'pulse', { pulse: 4, reason: 'r' });
  return it;
};
const told = (next: NextBand | null) => next && { ...next, changes: next.changes.map(({ kind, id, from, to, value }) => [kind, id, from, to, value]) };

describe('the next band', () => {
  it('is reached by the changes that are named, on random accounts: score and coverage suffice then', () => {
    let [asked, changes] = [0, 0];
    fc.assert(
      fc.property(someSignals, (stories) => {
        const state = initialState('acme');
        for (const signal of resolved(stories)) applySignal(state, signal);
        const asOf = start + 131 * dayMs;
        const health = { ...look(state, { asOf, cause: 'signal', scorecard: csmLedScorecard, sources: aliveAt(asOf) })!.health, version: 1 };
        const next = nextBandOf(health, card);
        expect(next === null).toBe(health.band === 'green');
        if (next === null || !next.reachable) return;
        const to = new Map(next.changes.map((change) => [change.id, change.to]));
        const after = rawScoreOf(health.measures.map(({ id, weight, points, state: was }) => ({
          weight, pointsBp: to.has(id) ? Math.round(to.get(id)! * 100) : points === null ? null : Math.round(points * 100), state: to.has(id) ? ('ok' as const) : was,
        })));
        expect(after.rawBp === null ? 0 : after.rawBp).toBeGreaterThanOrEqual(next.score * 100);
        if (next.band !== 'red') expect(after.dataCoverage).toBeGreaterThanOrEqual(next.band === 'green' ? 0.5 : 0.25);
        for (const { id, limit } of health.caps ?? []) {
          const isNamed = next.changes.some((change) => change.kind === 'cap' && change.id === id);
          const ends = ['unused', 'utilisation_red'].includes(id) && to.get('license_utilisation')! >= 40;
          if (limit < { red: 0, amber: 40, green: 70 }[next.band]) expect(isNamed).toBe(!ends);
          else expect(isNamed).toBe(false);
        }
        asked += 1;
        changes += next.changes.length;
      }),
      { numRuns: 300 },
    );
    expect(Math.min(asked, changes)).toBeGreaterThan(100);
  });

  it('a cap that holds it has to end, and where the measures are good that is all', () => {
    const it = well();
    it.signal(-10, 'ticket', { ticketId: 't', status: 'opened', priority: 'urgent' });
    const { health } = it.look(0.5);
    expect(health).toMatchObject({ band: 'amber', healthScore: 60, caps: [{ id: 'urgent_ticket', limit: 60 }] });
    expect(told(nextBandOf({ ...health, version: 1 }, card))).toEqual({ band: 'green', score: 70, days: 0, reachable: true, changes: [['cap', 'urgent_ticket', 60, null, null]], text: 'green from 70 points: 1 change would do' });
  });

  it('a cap that goes by a measure ends with it: that is one change', () => {
    const it = well();
    it.signal(-200, 'license', { seatsBought: 100, seatsAssigned: 10 });
    const { health } = it.look(0.5);
    expect(health).toMatchObject({ band: 'amber', healthScore: 65, caps: [{ id: 'utilisation_red', limit: 65 }] });
    expect(health.rawScore).toBeGreaterThan(73);
    expect(told(nextBandOf({ ...health, version: 1 }, card))).toMatchObject({ band: 'green', days: 0, changes: [['measure', 'license_utilisation', 5.83, 40, null]] });
  });

  it('without a cap it is the heaviest measure that would do, with the value that it takes', () => {
    const it = well();
    it.signal(-0.5, 'pulse', { pulse: 1, reason: 'r' });
    it.signal(-0.5, 'survey', { type: 'nps', score: 3 }, { personId: 'sam' });
    it.signal(-0.5, 'survey', { type: 'renewal_intent', score: 5 }, { personId: 'sam' });
    const { health } = it.look(0.5);
    expect(health.band).toBe('amber');
    const next = nextBandOf({ ...health, version: 1 }, card)!;
    expect(next).toMatchObject({ band: 'green', score: 73, days: 3, reachable: true });
    expect(next.changes).toHaveLength(1);
    expect(next.changes[0]).toMatchObject({ kind: 'measure', id: 'csm_sentiment', from: 0, unit: 'of 5' });
    expect(next.changes[0]!.value).toBeGreaterThan(1);
    expect(next.changes[0]!.text).toMatch(/^Sentiment of the customer-success manager: from 0 to at least \d+(\.\d+)? points$/);
  });

  it('an override has to end too, and what nothing is known of has to be known', () => {
    const it = well();
    it.state.override = { id: 'o', healthScore: 30, reason: 'r', expiresAt: it.at(20), by: 'me' };
    expect(told(nextBandOf({ ...it.look(0.5).health, version: 1 }, card))!.changes).toEqual([['override', 'o', 30, null, null]]);
    const unknown = { ...new Scenario().account({}, 0).look(0.5, { sources: {} }).health, version: 1 };
    expect(unknown.band).toBe('unknown');
    const next = nextBandOf(unknown, card)!;
    expect(next.changes.length).toBeGreaterThan(0);
    expect(next.changes.every(({ kind, text }) => kind === 'data' && text.includes(': bring '))).toBe(true);
  });
});

describe('data and trend in words', () => {
  it('has a name for every measure, and what would bring its data', () => expect(allMeasures.map(({ id }) => id).filter((id) => words.measures[id] === undefined)).toEqual([]));
  it('says by measure what is missing, what would bring it and what it would add', () => {
    const { health } = well().look(60);
    const { missing, share, text } = dataCoverageOf(health, new Set(['survey', 'renewal_intent', 'csm_sentiment']));
    expect(share).toBe(health.dataCoverage);
    expect(text).toMatch(/ % of the weight rests on fresh data$/);
    expect(missing.map(({ measure, state }) => [measure, state])).toEqual(expect.arrayContaining([['csm_sentiment', 'stale'], ['survey', 'missing'], ['usage_level', 'missing']]));
    expect(missing.find(({ measure }) => measure === 'csm_sentiment')?.text).toBe('Sentiment of the customer-success manager: the last answer is too old; it takes a pulse from 1 to 5 with its reason');
    expect(missing.reduce((sum, one) => sum + one.share, share)).toBeCloseTo(1, 3);
  });
  it('says by how much the score went where there are days enough', () => {
    const falling = Array.from({ length: 28 }, (_, day) => 80 - day / 2);
    expect(trendInWords('falling', falling, card.trend)).toEqual({ direction: 'falling', change: -13.5, days: 28, text: 'Falling: down by about 13.5 points in 28 days' });
    expect([trendInWords('flat', falling, card.trend).text, trendInWords('flat', falling.map(() => 80), card.trend).text]).toEqual(['No trend: down by about 13.5 points in 28 days, which may be chance', 'No trend: as it was 28 days ago']);
    expect(trendInWords('flat', [null, null, 80, 81], card.trend)).toEqual({ direction: 'flat', change: null, days: 2, text: 'No trend: 2 days with a score, a trend takes 14' });
  });
});
