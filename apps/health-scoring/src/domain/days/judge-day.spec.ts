import fc from 'fast-check';
import { shippedDocument } from '../../../test/scenario.js';
import { compileScorecard, type CompiledMeasure, type CompiledScorecard } from '../scorecard/compile-scorecard.js';
import { pointsOn, type Curve } from '../scorecard/curve.js';
import { dayMs, startOf } from '../time/day.js';
import type { CapFacts } from './cap-facts.js';
import type { DayFacts, DayReading } from './day-facts.js';
import { judgeDay } from './judge-day.js';
import { placesIn, readingPlanOf } from './reading-plan.js';

const csmLed = shippedDocument('csm-led');
/** Weights, edges and limits that are no whole number of basis points once they are counted in binary: 64.99 x 100 is 6498.999999999999. */
const fractions = compileScorecard({
  ...csmLed,
  measures: csmLed.measures.map((measure, i) => ({ ...measure, weight: measure.weight * 1.1 + i / 7 })),
  bands: { amber: 40.07, green: 70.01 },
  caps: csmLed.caps.map((cap) => ({ ...cap, limit: cap.limit - 0.01 })),
}, 2);
const cards: Readonly<Record<string, CompiledScorecard>> = { fractions, ...Object.fromEntries(['csm-led', 'digital', 'onboarding', 'goals-only'].map((id) => [id, compileScorecard(shippedDocument(id), 1)])) };
const plan = readingPlanOf(Object.values(cards));

const today = 20_600;
const asOf = startOf(today) + 43_200_017;
const often = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> => fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
const ago = (days: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: days * 24 }).map((hours) => asOf - (hours * dayMs) / 24);

/** Shares of seats, red and green in some month. */
const seats: Curve = [[0, 0], [0.3, 40], [0.6, 70], [1, 100]];
const curveOf = (entry: CompiledMeasure, reading: DayReading & { found: true }): Curve => reading.curve ?? entry.curve!;

/** Values on the whole curve and beyond both ends. */
function valueOf({ curve }: CompiledMeasure): fc.Arbitrary<number> {
  const steps = curve ?? seats;
  return fc.oneof(fc.double({ min: steps[0]![0] - 1, max: steps.at(-1)![0] + 1, noNaN: true }), fc.constantFrom(...steps.map(([value]) => value))).map((value) => Math.round(value * 10_000) / 10_000);
}

function readingOf(entry: CompiledMeasure): fc.Arbitrary<DayReading> {
  const found = fc.record({ value: valueOf(entry), answeredAt: ago(400), staleAt: often<number | null>(null, ago(60)), ceiling: fc.boolean() }).map(({ value, answeredAt, staleAt, ceiling }): DayReading => ({
    found: true, value, ...(entry.validityDays !== null && { answeredAt }), ...(staleAt !== null && { staleAt }), ...(entry.curve === null && { curve: seats }), ...(entry.id === 'ticket_load' && ceiling && { ceiling: 50 }),
  }));
  return fc.oneof({ weight: 6, arbitrary: found }, { weight: 1, arbitrary: fc.constantFrom<DayReading>({ found: false, state: 'missing' }, { found: false, state: 'not_applicable' }) });
}

const noCaps: CapFacts = { cancelled: false, intents: [], use: null, urgentSince: null, complaintSince: null, dueGoals: [], unreplaced: [], overdueDays: 0 };
const capFacts = often<CapFacts>(noCaps, fc.record({
  cancelled: often(false, fc.constant(true)), intents: fc.array(fc.record({ score: fc.nat(10), at: ago(400) }), { maxLength: 1 }), use: fc.option(fc.record({ level: fc.constantFrom(0.2, 0.6), earlier: fc.constantFrom(0.2, 0.6) })),
  urgentSince: fc.option(ago(20)), complaintSince: fc.option(ago(30)), dueGoals: fc.array(fc.record({ dueOn: fc.integer({ min: today - 400, max: today - 1 }), share: fc.constantFrom(0, 0.9, 1, 1.3) }), { maxLength: 1 }),
  unreplaced: fc.subarray(['sponsor_change', 'champion_left']), overdueDays: fc.nat(60),
}));
const since = fc.option(fc.integer({ min: today - 5, max: today }));
const days = fc.record({
  readings: fc.tuple(...plan.entries.map(readingOf)), caps: capFacts, ageDays: fc.nat(1_000), override: often<number | null>(null, fc.nat(10_000)), untold: often(false, fc.constant(true)),
  held: fc.record({ heldBand: fc.constantFrom('unknown' as const, 'red' as const, 'amber' as const, 'green' as const), amberSince: since, greenSince: since }),
});
const factsOf = ({ readings, caps, ageDays, override, untold, held }: (typeof days extends fc.Arbitrary<infer D> ? D : never)): DayFacts => ({
  asOf, plan, readings, applicant: { tier: null, segment: null, ageDays, reached: [] }, caps, override: override === null ? null : { healthScore: override / 100, reason: 'why' }, merged: false, untold, held,
  indicators: caps.unreplaced.map((kind) => ({ kind, severe: true, byRevision: false, evidence: [kind] })),
});
const card = fc.constantFrom(...Object.keys(cards));
/** A measure of the card, by its place, and another value of it. */
const changed = card.chain((name) => fc.nat(cards[name]!.measures.length - 1).chain((at) => fc.tuple(fc.constant(name), fc.constant(at), valueOf(cards[name]!.measures[at]!))));
const rank = { unknown: -1, red: 0, amber: 1, green: 2 };

/** The day with another reading of one measure of the card. */
function withReading(facts: DayFacts, judge: CompiledScorecard, id: string, reading: DayReading): DayFacts {
  const place = placesIn(plan, judge)[judge.measures.findIndex((entry) => entry.id === id)];
  return { ...facts, readings: facts.readings.map((known, i) => (i === place ? reading : known)) };
}

describe('whatever a day was like', () => {
  it('every score is a whole number of basis points in its range, and 50, contributions and adjustments add up to it', () => {
    fc.assert(
      fc.property(days, card, (day, name) => {
        const { measures, rawBp, contributionsBp, adjusted, dataCoverage } = judgeDay(factsOf(day), cards[name]!);
        const whole = [rawBp, adjusted.healthBp, ...contributionsBp, ...measures.flatMap(({ pointsBp, freshBp }) => [pointsBp, freshBp])].filter((bp) => bp !== null);
        expect(whole.filter((bp) => !Number.isSafeInteger(bp))).toEqual([]);
        const scores = [rawBp, adjusted.healthBp, ...measures.map(({ pointsBp }) => pointsBp)].filter((bp) => bp !== null);
        expect(scores.filter((bp) => bp < 0 || bp > 10_000)).toEqual([]);
        expect(dataCoverage >= 0 && dataCoverage <= 1).toBe(true);
        const contributed = contributionsBp.reduce<number>((sum, part) => sum + (part ?? 0), 5000);
        if (rawBp !== null) expect(contributed).toBe(rawBp);
        if (adjusted.healthBp !== null) expect(adjusted.adjustments.reduce((sum, { points }) => sum + Math.round(points * 100), contributed)).toBe(adjusted.healthBp);
      }),
      { numRuns: 400 },
    );
  });

  it('a better value of any measure lowers neither its points nor raw score, health score and band', () => {
    let [better, raised] = [0, 0];
    fc.assert(
      fc.property(days, changed, (day, [name, at, other]) => {
        const [facts, judge] = [factsOf(day), cards[name]!];
        const entry = judge.measures[at]!;
        const was = judgeDay(facts, judge);
        const reading = was.measures[at]!.reading;
        if (!reading.found) return;
        const curve = curveOf(entry, reading);
        const isRising = curve[0]![1] <= curve.at(-1)![1];
        const value = isRising ? Math.max(reading.value, other) : Math.min(reading.value, other);
        const is = judgeDay(withReading(facts, judge, entry.id, { ...reading, value }), judge);
        expect(is.measures[at]!.pointsBp).toBeGreaterThanOrEqual(was.measures[at]!.pointsBp!);
        expect(is.rawBp).toBeGreaterThanOrEqual(was.rawBp!);
        expect(is.adjusted.healthBp).toBeGreaterThanOrEqual(was.adjusted.healthBp!);
        // With little fresh data a score that would be green is `unknown`.
        if (was.dataCoverage >= judge.coverage.green) expect(rank[is.band]).toBeGreaterThanOrEqual(rank[was.band]);
        if (pointsOn(curve, value) > pointsOn(curve, reading.value)) better += 1;
        if (is.adjusted.healthBp! > was.adjusted.healthBp!) raised += 1;
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(better, raised)).toBeGreaterThan(100);
  });

  it('what is read and only grows older gains no points, and neither raw score nor coverage rises', () => {
    let faded = 0;
    fc.assert(
      fc.property(days, card, fc.integer({ min: 1, max: 300 * 24 }), (day, name, hours) => {
        const [facts, judge] = [factsOf(day), cards[name]!];
        const was = judgeDay(facts, judge);
        const is = judgeDay({ ...facts, asOf: asOf + (hours * dayMs) / 24 }, judge);
        was.measures.forEach(({ pointsBp }, i) => {
          const now = is.measures[i]!.pointsBp;
          expect(now === null).toBe(pointsBp === null);
          if (now !== null) expect(now).toBeLessThanOrEqual(pointsBp!);
          // Bad news stays as bad as it was.
          if (pointsBp !== null && pointsBp <= 5000) expect(now).toBe(pointsBp);
        });
        expect(is.rawBp ?? 0).toBeLessThanOrEqual(was.rawBp ?? 0);
        expect(is.dataCoverage).toBeLessThanOrEqual(was.dataCoverage);
        if (is.rawBp !== was.rawBp) faded += 1;
      }),
      { numRuns: 400 },
    );
    expect(faded).toBeGreaterThan(40);
  });
});
