import type { SignalKind } from '@perennial/contracts/signal';
import fc from 'fast-check';
import { resolved, someSignals, start } from '../../../test/random-signals.js';
import { aliveAt, csmLedScorecard, Scenario, shippedDocument } from '../../../test/scenario.js';
import { applySignal, initialState } from '../account-health.js';
import { look, type LookContext, type Verdict } from '../look.js';
import { compileScorecard, type CompiledScorecard } from '../scorecard/compile-scorecard.js';
import { decodeState, encodeState } from '../state-codec.js';
import type { AccountHealthState } from '../state.js';
import { dayMs, dayOf, isoInstant } from '../time/day.js';
import { decodeDay, encodeDay, type PackedDay } from './day-codec.js';
import { mixed } from '../scorecard/passage.js';
import { judgeDay, markOf } from './judge-day.js';
import { dayPlanOf, readingPlanOf, unreadIn } from './reading-plan.js';

const cards = ['csm-led', 'digital', 'onboarding', 'goals-only'].map((id) => compileScorecard(shippedDocument(id), 1));
const plan = readingPlanOf(cards, 7);
const plans = new Map([[7, dayPlanOf(7, plan.keys)]]);

const csmLed = shippedDocument('csm-led');
/** Another opinion on everything that a day can answer. */
const draft = compileScorecard({
  ...csmLed,
  measures: csmLed.measures.map(({ id, weight, curve, validityDays, settings }, i) => ({ id, weight: weight + (i % 3), curve: curve?.map(([value, points]) => [value, points / 2]) ?? null, validityDays: validityDays === null ? null : validityDays / 2, settings })),
  caps: csmLed.caps.map(({ id, limit, settings }) => ({ id, limit: limit / 2, settings: 'days' in settings ? { days: 3 } : 'below' in settings ? { ...settings, below: 2, horizonDays: 20 } : 'atMost' in settings ? { atMost: 6, validityDays: 30 } : settings })),
  bands: { amber: 30, green: 55 },
}, 2);

/** Kept and read again. */
function kept(verdict: Verdict): PackedDay {
  const day = dayOf(verdict.facts.asOf);
  return decodeDay(encodeDay(verdict, day), day, verdict.facts.asOf, plans);
}

function copyOf(state: AccountHealthState): AccountHealthState {
  return { ...decodeState(state.accountId, encodeState(state)), contacts: structuredClone(state.contacts) };
}

/** What `judgeDay` says of a look, in the words of the look. */
const asLook = ({ facts }: PackedDay, card: CompiledScorecard) => {
  const judged = judgeDay(facts, card);
  return {
    healthScore: judged.adjusted.healthBp === null ? null : judged.adjusted.healthBp / 100, rawScore: judged.rawBp === null ? null : judged.rawBp / 100, dataCoverage: judged.dataCoverage,
    band: judged.band, lowConfidence: judged.lowConfidence, riskLevel: judged.riskLevel, strikes: { count: judged.strikes.count, groups: judged.strikes.groups },
    adjustments: judged.adjusted.adjustments.map(({ kind, points }) => ({ kind, points })),
    measures: judged.measures.map(({ definition, weight, reading, state, pointsBp, validUntil }, i) => ({
      id: definition.id, weight, state, value: reading.found ? reading.value : null, points: pointsBp === null ? null : pointsBp / 100,
      contribution: (judged.contributionsBp[i] ?? null) === null ? null : judged.contributionsBp[i]! / 100, validUntil: validUntil === null ? null : isoInstant(validUntil),
    })),
  };
};
const said = ({ health }: Verdict) => ({
  healthScore: health.healthScore, rawScore: health.rawScore, dataCoverage: health.dataCoverage, band: health.band, lowConfidence: health.lowConfidence, riskLevel: health.riskLevel,
  strikes: { count: health.strikes.count, groups: health.strikes.groups }, adjustments: health.adjustments.map(({ kind, points }) => ({ kind, points })),
  measures: health.measures.map(({ id, weight, state, value, points, contribution, validUntil }) => ({ id, weight, state, value, points, contribution, validUntil })),
});

const silentKinds = fc.subarray<SignalKind>(['usage', 'ticket', 'engagement', 'license']);

describe('a day that was kept', () => {
  it('gives the look again, bit for bit, on random days of random histories; and what any other scorecard would have said', () => {
    let red = 0;
    let aged = 0;
    fc.assert(
      fc.property(someSignals, silentKinds, fc.integer({ min: 1, max: 6 }), fc.boolean(), (stories, silent, step, overridden) => {
        const signals = [...resolved(stories)].sort((a, b) => (a.occurredAt < b.occurredAt ? -1 : 1));
        const state = initialState('acme');
        let next = 0;
        for (let day = 20; day <= 140; day += step * 7) {
          const asOf = start + day * dayMs + 43_200_017;
          for (; next < signals.length && Date.parse(signals[next]!.occurredAt) <= asOf; next += 1) applySignal(state, signals[next]!);
          if (overridden && day > 60) state.override ??= { id: 'o', healthScore: 55.5, reason: 'why', expiresAt: start + 100 * dayMs, by: 'me' };
          // Sources of the silent kinds were last heard of on day 50.
          const sources = { ...aliveAt(asOf, silent), ...Object.fromEntries(silent.map((kind) => [kind, { lastSeenAt: start + 50 * dayMs, staleAt: start + 52 * dayMs }])) };
          const context: LookContext = { asOf, cause: 'signal', scorecard: csmLedScorecard, sources, plan };
          const others = cards.map((card) => [card, look(copyOf(state), { ...context, scorecard: card })!] as const);
          const drafted = look(copyOf(state), { ...context, scorecard: draft })!;
          const verdict = look(state, context)!;
          const day1 = kept(verdict);
          expect(asLook(day1, csmLedScorecard)).toEqual(said(verdict));
          expect(markOf(judgeDay(day1.facts, csmLedScorecard))).toBe(day1.mark);
          for (const [card, other] of [...others, [draft, drafted] as const]) {
            const { measures, rawScore, healthScore, dataCoverage } = asLook(day1, card);
            const { measures: m, rawScore: r, healthScore: h, dataCoverage: d } = said(other);
            expect({ measures, rawScore, healthScore, dataCoverage }).toEqual({ measures: m, rawScore: r, healthScore: h, dataCoverage: d });
          }
          red += verdict.health.riskLevel === 'red' ? 1 : 0;
          aged += verdict.health.measures.filter((measure) => measure.state === 'stale').length;
        }
      }),
      { numRuns: 30 },
    );
    // The histories do reach what is hard.
    expect(red).toBeGreaterThan(10);
    expect(aged).toBeGreaterThan(10);
  });

  it('of an account on its way to another scorecard says how far it was, and gives that look again', () => {
    const it = busy();
    const from = compileScorecard(shippedDocument('digital'), 3);
    const verdict = it.look(120.5, { plan, under: { from, passage: { from: 'digital', since: dayOf(it.at(115)), step: 5 } } });
    const day = kept(verdict);
    expect(day.passage).toEqual({ from: { id: 'digital', revision: 3 }, step: 5, days: 14 });
    const card = mixed(from, csmLedScorecard, day.passage!);
    expect(asLook(day, card)).toEqual(said(verdict));
    expect(markOf(judgeDay(day.facts, card))).toBe(day.mark);
    expect(markOf(judgeDay(day.facts, csmLedScorecard))).not.toBe(day.mark);
  });

  it('packs equal for looks at which nothing differed, and into few bytes', () => {
    const it = busy();
    it.look(120.25, { plan });
    const [noon, evening] = [it.look(120.5, { plan }), it.look(120.75, { plan })];
    const day = dayOf(noon.facts.asOf);
    expect(encodeDay(evening, day).equals(encodeDay(noon, day))).toBe(true);
    process.stdout.write(`a day of a busy account is kept in ${encodeDay(noon, day).length} bytes\n`);
    expect(encodeDay(noon, day).length).toBeLessThan(160);
  });

  it('keeps which indicators share evidence, and strikes count them once', () => {
    const it = busy();
    it.signal(121, 'ticket', { ticketId: 't', status: 'opened', priority: 'urgent' });
    it.signal(121, 'pulse', { pulse: 2, reason: 'r' });
    const verdict = it.look(121.5, { plan });
    expect(verdict.health.strikes).toMatchObject({ count: 2, groups: ['support', 'voice'] });
    // Two groups by one signal are one strike.
    const shared = { ...verdict, facts: { ...verdict.facts, indicators: [{ kind: 'urgent_ticket_open', severe: false, byRevision: false, evidence: ['s'] }, { kind: 'csm_concern', severe: false, byRevision: false, evidence: ['r', 's'] }] } };
    expect(judgeDay(kept(shared).facts, csmLedScorecard).strikes.count).toBe(1);
  });

  it('names measures that were not read as a scorecard wants them', () => {
    expect(unreadIn(plan, draft)).toEqual([]);
    const other = compileScorecard({ ...shippedDocument('csm-led'), defaultTier: 'high' }, 3);
    expect(unreadIn(plan, other)).toEqual(['touches', 'multithreading']);
  });

  it('refuses what it cannot read', () => {
    const verdict = busy().look(120, { plan });
    const day = dayOf(verdict.facts.asOf);
    const bytes = encodeDay(verdict, day);
    expect(() => decodeDay(Buffer.concat([Buffer.from([9]), bytes.subarray(1)]), day, 0, plans)).toThrow('format 9');
    expect(() => decodeDay(bytes, day, 0, new Map())).toThrow('plan 7');
    expect(() => decodeDay(bytes.subarray(0, -1), day, 0, plans)).toThrow(RangeError);
  });
});

function busy(): Scenario {
  const it = new Scenario().account({ tier: 'mid', segment: 'enterprise' }).use(0, 119, 40, ['u', 'v', 'w']);
  it.person(1, 's', { change: 'created', roles: ['executive_sponsor'] });
  it.person(1, 'c', { change: 'created', roles: ['champion'] });
  it.meeting(100, 's', 'c');
  it.meeting(110, 'c');
  it.signal(2, 'license', { seatsBought: 7 });
  it.signal(90, 'survey', { type: 'nps', score: 9 }, { personId: 's' });
  it.signal(90, 'survey', { type: 'renewal_intent', score: 8 }, { personId: 's' });
  it.signal(100, 'pulse', { pulse: 4, reason: 'r' });
  it.signal(3, 'goal', { goalId: 'g', name: 'G', metric: 'x', baseline: 0, target: 10, dueOn: '2026-06-30', status: 'set' });
  it.signal(110, 'metric', { metric: 'x', value: 7 });
  it.signal(5, 'milestone', { milestoneId: 'm', name: 'M', phase: 'value', status: 'achieved', dueOn: '2026-02-01' });
  return it;
}
