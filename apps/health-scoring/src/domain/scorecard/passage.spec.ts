import fc from 'fast-check';
import { csmLedScorecard, shippedDocument } from '../../../test/scenario.js';
import { initialState } from '../account-health.js';
import type { VerdictMemory } from '../state.js';
import { rawScoreOf } from '../verdict/raw-score.js';
import { compileScorecard } from './compile-scorecard.js';
import { mixed, passageTo, type Passage } from './passage.js';

const onboarding = compileScorecard(shippedDocument('onboarding'), 1);
const digital = compileScorecard(shippedDocument('digital'), 1);
const cards = [onboarding, digital, csmLedScorecard, compileScorecard({ ...shippedDocument('goals-only'), id: 'small' }, 1)];
const days = 14;

/** What each measure reads, whichever scorecard asks. */
const readings = fc.array(fc.option(fc.integer({ min: 0, max: 10_000 }), { freq: 5 }), { minLength: 20, maxLength: 20 }).map((points) => {
  const ids = [...new Set(cards.flatMap((card) => card.measures.map(({ id }) => id)))];
  return new Map(ids.map((id, i) => [id, points[i] ?? null]));
});
const scoreOf = (measures: readonly { readonly id: string; readonly weight: number }[], read: ReadonlyMap<string, number | null>) =>
  rawScoreOf(measures.map(({ id, weight }) => ({ weight, pointsBp: read.get(id) ?? null, state: read.get(id) === null ? ('missing' as const) : ('ok' as const) })));
const card = fc.constantFrom(...cards);

describe('on the way from one scorecard to another', () => {
  it('begins with the old score, ends with the new one, and goes straight there; contributions are exact on every day', () => {
    fc.assert(
      fc.property(card, card, readings, (from, to, read) => {
        const [before, after] = [scoreOf(from.measures, read).rawBp, scoreOf(to.measures, read).rawBp];
        let last: number | null = null;
        for (let step = 0; step <= days; step += 1) {
          const { rawBp, contributionsBp } = scoreOf(mixed(from, to, { step, days }).measures, read);
          if (rawBp === null) continue;
          expect(5000 + contributionsBp.reduce<number>((sum, part) => sum + (part ?? 0), 0)).toBe(rawBp);
          if (before === null || after === null) continue;
          if (step === 0) expect(Math.abs(rawBp - before)).toBeLessThanOrEqual(1);
          if (step === days) expect(rawBp).toBe(after);
          if (last !== null) expect(Math.sign(after - before) * (rawBp - last)).toBeGreaterThanOrEqual(-1);
          last = rawBp;
        }
      }),
      { numRuns: 300 },
    );
  });
  it('is monotone in every measure on every day', () => {
    fc.assert(
      fc.property(card, card, readings, fc.integer({ min: 0, max: days }), fc.nat(19), fc.nat(10_000), (from, to, read, step, at, better) => {
        const { measures } = mixed(from, to, { step, days });
        const { id } = measures[at % measures.length]!;
        const raised = new Map(read).set(id, read.get(id) === null ? null : Math.max(read.get(id)!, better));
        expect(scoreOf(measures, raised).rawBp ?? 0).toBeGreaterThanOrEqual(scoreOf(measures, read).rawBp ?? 0);
      }),
      { numRuns: 300 },
    );
  });
  it('weighs in the scale of the new one, and all that is no weight is the new one\'s', () => {
    const half = mixed(onboarding, csmLedScorecard, { step: 1, days: 2 });
    expect(half.measures.map(({ id, weight }) => `${id} ${weight}`)).toEqual([
      'goal_attainment 8', 'milestones_on_time 19.5', 'license_utilisation 4', 'usage_level 5', 'key_features 3.5', 'survey 4.5', 'renewal_intent 3', 'touches 10', 'executive_touch 2.5',
      'ticket_load 8', 'ticket_trend 2', 'csm_sentiment 10', 'multithreading 2.5', 'activation 12.5', 'goals_recorded 5',
    ]);
    expect({ ...half, measures: [] }).toEqual({ ...csmLedScorecard, measures: [] });
    const tenfold = { ...onboarding, measures: onboarding.measures.map((entry) => ({ ...entry, weight: entry.weight * 10 })) };
    expect(mixed(tenfold, csmLedScorecard, { step: 7, days: 14 })).toEqual(half);
  });
});

describe('who goes which way', () => {
  const memory = (judgedBy: string | null, judgedSince: number, passage: Passage | null = null): VerdictMemory =>
    ({ ...initialState('a').memory, judgedBy: judgedBy === null ? null : { id: judgedBy, revision: 1 }, judgedSince, passage });
  const to = { ...csmLedScorecard };

  it('a step each day, and none on the last', () => {
    expect(passageTo(to, memory('onboarding', 10), 100, false)).toEqual({ from: 'onboarding', since: 100, step: 0 });
    const under = memory('csm-led', 100, { from: 'onboarding', since: 100, step: 0 });
    expect([100, 107, 113, 114, 200].map((today) => passageTo(to, under, today, true)?.step)).toEqual([0, 7, 13, undefined, undefined]);
    expect(passageTo({ ...to, switchDays: 2 }, under, 101, false)?.step).toBe(1);
  });
  it('back from where it is', () => {
    const under = memory('onboarding', 100, { from: 'csm-led', since: 100, step: 4 });
    expect(passageTo(to, under, 105, false)).toEqual({ from: 'onboarding', since: 95, step: 10 });
  });
  it('from the first, when a third takes over before the second judged for a day; later from the second', () => {
    const under = (since: number, step: number): VerdictMemory => memory('onboarding', since, { from: 'digital', since, step });
    expect(passageTo(to, under(100, 0), 100, false)).toEqual({ from: 'digital', since: 100, step: 0 });
    expect(passageTo(to, under(99, 1), 100, false)).toEqual({ from: 'digital', since: 100, step: 0 });
    expect(passageTo(to, under(98, 2), 100, false)).toEqual({ from: 'onboarding', since: 100, step: 0 });
    expect(passageTo(to, memory('onboarding', 99, { from: 'csm-led', since: 99, step: 1 }), 100, false)).toEqual({ from: 'onboarding', since: 87, step: 13 });
    expect(passageTo(to, under(100, 0), 100, true)).toBeNull();
  });
  it.each<[string, VerdictMemory, boolean, number]>([
    ['nothing judged before', memory(null, 0), false, 14],
    ['people changed the scorecards', memory('onboarding', 10), true, 14],
    ['what is left judged for less than a day', memory('onboarding', 99), false, 14],
    ['the scorecard takes over at once', memory('onboarding', 10), false, 0],
  ])('none where %s', (_, remembered, atOnce, switchDays) => expect(passageTo({ ...to, switchDays }, remembered, 100, atOnce)).toBeNull());
});
