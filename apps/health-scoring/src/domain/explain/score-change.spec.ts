import fc from 'fast-check';
import { resolved, someSignals, start } from '../../../test/random-signals.js';
import { aliveAt, csmLedScorecard, Scenario, shippedDocument } from '../../../test/scenario.js';
import { applySignal, initialState } from '../account-health.js';
import { judgeDay } from '../days/judge-day.js';
import { readingPlanOf } from '../days/reading-plan.js';
import { look, type LookContext, type Verdict } from '../look.js';
import { compileScorecard, type CompiledScorecard } from '../scorecard/compile-scorecard.js';
import { mixed } from '../scorecard/passage.js';
import { dayMs } from '../time/day.js';
import { scoreChange, type ScoreChange } from './score-change.js';

const digital = compileScorecard(shippedDocument('digital'), 1);
const onboarding = compileScorecard(shippedDocument('onboarding'), 1);
const stricter = compileScorecard({ ...shippedDocument('csm-led'), measures: shippedDocument('csm-led').measures.map((one, i) => ({ ...one, weight: one.weight + (i % 4), curve: one.curve?.map(([value, points]) => [value, points / 2]) ?? null })) }, 2);
const cards = [csmLedScorecard, digital, onboarding, stricter];
const plan = readingPlanOf(cards, 1);

/** The change from one look to another, of which the first was by `from` and the second by `to`. */
const between = (then: Verdict, from: CompiledScorecard, now: Verdict, to: CompiledScorecard): ScoreChange =>
  scoreChange({ ...now.health, version: 1 }, { judgedBy: { id: from.id, revision: from.revision }, judged: judgeDay(then.facts, from), anew: judgeDay(then.facts, to) });
const sum = (parts: ScoreChange['parts']): number => parts.reduce((total, { by }) => total + Math.round(by * 100), 0);

describe('what changed since a day', () => {
  it('sums to the change of the score, exactly: whatever happened, whichever scorecards judged, with caps, overrides and passages', () => {
    let [exact, byCard, byCap] = [0, 0, 0];
    fc.assert(
      fc.property(someSignals, fc.constantFrom(...cards), fc.constantFrom(...cards), fc.nat(13), fc.boolean(), fc.boolean(), (stories, from, to, step, before, after) => {
        const signals = [...resolved(stories)].sort((a, b) => (a.occurredAt < b.occurredAt ? -1 : 1));
        const state = initialState('acme');
        const [early, late] = [start + 70 * dayMs, start + 131 * dayMs];
        const override = { id: 'o', healthScore: 61.25, reason: 'why', expiresAt: late + dayMs, by: 'me' };
        const context = (asOf: number): Omit<LookContext, 'scorecard'> => ({ asOf, cause: 'signal', sources: aliveAt(asOf), plan });
        for (const signal of signals) if (Date.parse(signal.occurredAt) <= early) applySignal(state, signal);
        state.override = before ? override : null;
        const then = look(state, { ...context(early), scorecard: from })!;
        for (const signal of signals) if (Date.parse(signal.occurredAt) > early) applySignal(state, signal);
        state.override = after ? override : null;
        const isUnderWay = from.id !== to.id && step > 0;
        const now = look(state, { ...context(late), scorecard: to, under: isUnderWay ? { from, passage: { from: from.id, since: 0, step } } : null })!;
        const change = between(then, from, now, isUnderWay ? mixed(from, to, { step, days: 14 }) : to);
        if (then.health.healthScore === null || now.health.healthScore === null) {
          expect(change.change).toBeNull();
          return;
        }
        expect(Math.round(change.change! * 100)).toBe(Math.round(now.health.healthScore * 100) - Math.round(then.health.healthScore * 100));
        expect(sum(change.parts)).toBe(Math.round(change.change! * 100));
        exact += 1;
        if (change.parts.some(({ kind }) => kind === 'scorecard')) byCard += 1;
        if (change.parts.some(({ kind }) => kind === 'cap')) byCap += 1;
      }),
      { numRuns: 300 },
    );
    expect(Math.min(exact, byCard, byCap)).toBeGreaterThan(20);
  });

  it('names the measure that moved, and says nothing of what stayed', () => {
    const it = new Scenario().account({}, -300);
    it.signal(-1, 'pulse', { pulse: 4, reason: 'r' });
    it.signal(-1, 'survey', { type: 'nps', score: 9 }, { personId: 'x' });
    const then = it.look(0);
    it.signal(0.5, 'survey', { type: 'nps', score: 3 }, { personId: 'x' });
    const now = it.look(1);
    const { parts, text } = between(then, csmLedScorecard, now, csmLedScorecard);
    expect(parts.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['measure survey']);
    expect(parts[0]!.text).toBe('Surveys: from 85 to 17.5 points. 3 of 10 over 1 answer, stakeholders weighing more');
    expect(text).toBe(`The score fell from ${then.health.healthScore} to ${now.health.healthScore}`);
    expect(sum(parts)).toBe(Math.round((now.health.healthScore! - then.health.healthScore!) * 100));
  });

  it('the scorecard is a reason of its own, and caps are', () => {
    const it = new Scenario().account({}, -300);
    it.signal(-1, 'pulse', { pulse: 4, reason: 'r' });
    it.signal(-1, 'survey', { type: 'renewal_intent', score: 9 }, { personId: 'x' });
    const then = it.look(0);
    it.signal(0.5, 'contract', { contractId: 'c', status: 'cancel_scheduled', startsOn: '2025-03-01', endsOn: '2026-03-01', arrMinor: 1, currency: 'EUR' });
    const now = it.look(1, { scorecard: stricter });
    const { parts, scorecard } = between(then, csmLedScorecard, now, stricter);
    expect(scorecard).toEqual({ from: { id: 'csm-led', revision: 1 }, to: { id: 'csm-led', revision: 2 } });
    expect(parts.filter(({ kind }) => kind !== 'measure').map(({ kind, text }) => [kind, text]).sort()).toEqual([
      ['cap', 'A cap holds the score: Cancellation is announced'],
      ['scorecard', 'Judged by revision 2 of csm-led in place of revision 1 of csm-led'],
    ]);
  });
});
