import fc from 'fast-check';
import { signalKinds, type Signal } from '@perennial/contracts/signal';
import { factBytes } from '../../test/fact-bytes.js';
import { iso, keyFeatures, resolved, someSignals, start, status } from '../../test/random-signals.js';
import { Scenario, aliveAt, csmLedScorecard, shippedDocument, signalOf } from '../../test/scenario.js';
import { applySignal, contactsOfSignal, initialState } from './account-health.js';
import { look } from './look.js';
import { isKept } from './contacts/contact-facts.js';
import { isTouch } from './facts/fold-activity.js';
import { compileScorecard } from './scorecard/compile-scorecard.js';
import { decodeContact, decodeProduct, decodeState, encodeContact, encodeProduct, encodeState } from './state-codec.js';
import { dayMs } from './time/day.js';
import { rawScoreOf } from './verdict/raw-score.js';

const folded = (signals: readonly Signal[]) => {
  const state = initialState('acme');
  for (const signal of signals) applySignal(state, signal, keyFeatures);
  return state;
};
const context = (asOf: number) => ({ asOf, cause: 'signal' as const, scorecard: csmLedScorecard, sources: aliveAt(asOf), keyFeatures });
const asOf = start + 131 * dayMs;

describe('S4 order does not matter', () => {
  it('the same signals in any order give the same facts, measures and raw score', () => {
    fc.assert(
      fc.property(someSignals.chain((stories) => fc.tuple(fc.constant(stories), fc.shuffledSubarray(stories.map((_, i) => i), { minLength: stories.length }))), ([stories, order]) => {
        const signals = resolved(stories);
        const one = folded(signals);
        const other = folded(order.flatMap((i) => signals[i] ?? []));
        expect(factBytes(other)).toBe(factBytes(one));
        const { usage, activity, touches, cohort, npsCount, npsSum } = one.facts;
        const rings = [usage.days, usage.weeks, activity.days, touches.days, npsCount, npsSum, cohort.lastActive, cohort.lastTouched, cohort.activeInFourWeeks, ...[...one.products.values()].flatMap((product) => [product.usage.weeks, product.lastActive])];
        // What is counted is whole, so that sums are exact in any order.
        expect(rings.flatMap(({ counts }) => [...counts]).filter((count) => !Number.isSafeInteger(count) || count < 0)).toEqual([]);
        const [a, b] = [look(one, context(asOf)), look(other, context(asOf))];
        expect(b?.health.measures).toEqual(a?.health.measures);
        expect(b?.health.products).toEqual(a?.health.products);
        expect(b?.health.rawScore).toBe(a?.health.rawScore);
      }),
      { numRuns: 400 },
    );
  });
  it('a signal that is told again changes nothing, unless it is counted: use, touches, NPS answers and values of metrics, which come once', () => {
    const isCounted = (signal: Signal): boolean => signal.kind === 'usage' || signal.kind === 'metric' || isTouch(signal) || (signal.kind === 'survey' && signal.data.type === 'nps');
    fc.assert(
      fc.property(someSignals, fc.array(fc.nat(), { maxLength: 60 }), (stories, again) => {
        const signals = resolved(stories);
        const repeated = again.flatMap((i) => signals[i % signals.length] ?? []).filter((signal) => !isCounted(signal));
        expect(factBytes(folded([...signals, ...repeated]))).toBe(factBytes(folded(signals)));
      }),
      { numRuns: 200 },
    );
  });
  it('nor does order where more is settled than is remembered, of what has a beginning and an end', () => {
    // Most come to their end.
    const story = fc.record({ from: fc.nat(120), lasts: fc.option(fc.nat(9), { freq: 30 }) });
    const signals = fc.tuple(fc.array(story, { minLength: 1100, maxLength: 1200 }), fc.array(story, { minLength: 700, maxLength: 800 })).map(([tickets, invoices]) => [
      ...tickets.flatMap(({ from, lasts }, i) => {
        const told = (state: 'opened' | 'solved', at: number) => signalOf('acme', 'ticket', { ticketId: `t${i}`, status: state, priority: i % 9 === 0 ? 'urgent' : 'low', complaint: i % 7 === 0 }, start + at * dayMs + i, { id: `${state}-${i}` });
        return [told('opened', from), ...(lasts === null ? [] : [told('solved', from + lasts)])];
      }),
      ...invoices.flatMap(({ from, lasts }, i) => {
        const told = (state: 'due' | 'paid', at: number) => signalOf('acme', 'invoice', { invoiceId: `i${i}`, status: state, amountMinor: 1, currency: 'EUR', dueOn: iso(from) }, start + at * dayMs + i, { id: `${state}-${i}` });
        return [told('due', from), ...(lasts === null ? [] : [told('paid', from + lasts)])];
      }),
    ]);
    fc.assert(
      fc.property(signals.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))), ([told, shuffled]) => {
        const [one, other] = [folded(told), folded(shuffled)];
        const { tickets, invoices } = one.facts;
        const known = told.filter(({ kind, data }) => (kind === 'ticket' ? tickets.has(data.ticketId) : kind === 'invoice' && invoices.has(data.invoiceId)));
        expect(known.length).toBeLessThan(told.length);
        expect(factBytes(other)).toBe(factBytes(one));
        // Nor does it change anything to hear again of what is remembered.
        expect(factBytes(folded([...shuffled, ...known]))).toBe(factBytes(one));
        expect(look(other, context(asOf))?.health.measures).toEqual(look(one, context(asOf))?.health.measures);
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });
});

describe('a row and back', () => {
  it('equal bytes, equal later verdicts, also with only the contacts that are needed', () => {
    fc.assert(
      fc.property(someSignals, fc.nat(60), (stories, cut) => {
        const signals = resolved(stories);
        const whole = folded(signals.slice(0, cut));
        look(whole, context(asOf));
        const rows = new Map([...whole.contacts.values()].map((contact) => [contact.personId, encodeContact(contact)]));
        const bytes = encodeState(whole);
        const packed = decodeState('acme', bytes);
        expect(encodeState(packed).equals(bytes)).toBe(true);
        const needed = new Set(signals.slice(cut).flatMap((signal) => contactsOfSignal(signal)));
        for (const [personId, row] of rows) {
          const contact = decodeContact(personId, row);
          if (isKept(contact) || needed.has(personId)) packed.contacts.set(personId, contact);
        }
        for (const [name, product] of whole.products) packed.products.set(name, decodeProduct(encodeProduct(product)));
        for (const signal of signals.slice(cut)) {
          applySignal(whole, signal, keyFeatures);
          applySignal(packed, signal, keyFeatures);
        }
        expect(look(packed, context(asOf + dayMs))).toEqual(look(whole, context(asOf + dayMs)));
      }),
      { numRuns: 200 },
    );
  });
  it('reads a row of the format before, which did not keep the terms of contracts', () => {
    const row = Buffer.from('AQAAAAHUvwIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAAFjgOCgt/FmAAhzaWduYWwtMQHMvwIAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'base64');
    const { facts, memory } = decodeState('acme', row);
    // Judged by numbers in code: a revision before all others, so that what scorecards change of it is their doing.
    expect(memory).toMatchObject({ judgedBy: { id: 'csm-led', revision: 0 }, generation: 0, heaviest: null });
    expect(facts.contracts).toEqual(new Map([['c', { heard: { at: Date.parse('2026-01-05'), id: 'signal-1' }, starts: [20_454], ending: null, terms: null, product: null }]]));
  });
  it('refuses a format it does not know, and a torn row', () => {
    const bytes = encodeState(initialState('acme'));
    expect(() => decodeState('acme', Buffer.concat([Buffer.from([13]), bytes.subarray(1)]))).toThrow('format 13');
    expect(() => decodeState('acme', bytes.subarray(0, -1))).toThrow(RangeError);
    expect(() => decodeState('acme', Buffer.concat([bytes, Buffer.from([0])]))).toThrow('longer');
  });
});

describe('the score', () => {
  const measure = fc.record({ weight: fc.integer({ min: 1, max: 30 }), pointsBp: fc.option(fc.integer({ min: 0, max: 10_000 })), state: status('ok', 'stale', 'missing', 'not_applicable') })
    .map(({ weight, pointsBp, state }) => (pointsBp === null ? { weight, pointsBp, state: state === 'ok' || state === 'stale' ? ('missing' as const) : state } : { weight, pointsBp, state: state === 'stale' ? state : ('ok' as const) }));

  it('contributions add up exactly, whatever the points', () => {
    fc.assert(
      fc.property(fc.array(measure, { minLength: 1, maxLength: 16 }), (measures) => {
        const { rawBp, contributionsBp, dataCoverage } = rawScoreOf(measures);
        if (rawBp !== null) {
          expect(5000 + contributionsBp.reduce<number>((sum, part) => sum + (part ?? 0), 0)).toBe(rawBp);
          expect(rawBp).toBeGreaterThanOrEqual(0);
          expect(rawBp).toBeLessThanOrEqual(10_000);
        }
        expect(dataCoverage).toBeGreaterThanOrEqual(0);
        expect(dataCoverage).toBeLessThanOrEqual(1);
      }),
    );
  });
  it('is monotone in every measure', () => {
    fc.assert(
      fc.property(fc.array(measure, { minLength: 1, maxLength: 16 }), fc.nat(15), fc.integer({ min: 0, max: 10_000 }), (measures, at, better) => {
        const index = at % measures.length;
        const changed = measures.map((one, i) => (i === index && one.pointsBp !== null ? { ...one, pointsBp: Math.max(one.pointsBp, better) } : one));
        expect(rawScoreOf(changed).rawBp ?? 0).toBeGreaterThanOrEqual(rawScoreOf(measures).rawBp ?? 0);
      }),
    );
  });
  it('in a verdict 5000 + contributions + adjustments = health score, as integers', () => {
    fc.assert(
      fc.property(someSignals, (stories) => {
        const verdict = look(folded(resolved(stories)), context(asOf));
        if (verdict === null || verdict.health.healthScore === null) return;
        const { measures, adjustments, healthScore, rawScore } = verdict.health;
        const contributions = measures.reduce((sum, one) => sum + Math.round((one.contribution ?? 0) * 100), 0);
        expect(5000 + contributions).toBe(Math.round((rawScore ?? NaN) * 100));
        expect(5000 + contributions + adjustments.reduce((sum, one) => sum + Math.round(one.points * 100), 0)).toBe(Math.round(healthScore * 100));
        expect(verdict.nextLookAt).toBeGreaterThan(asOf);
        expect(verdict.nextLookAt).toBeLessThanOrEqual(asOf + dayMs);
      }),
      { numRuns: 200 },
    );
  });
});

it('lost data never raises a score: from the day every source falls silent the raw score only falls', () => {
  fc.assert(
    fc.property(someSignals, (stories) => {
      // Goals run and milestones leave their window by the calendar, seats are judged by month: without those only age is left.
      const told = resolved(stories.filter(({ kind }) => kind !== 'milestone' && kind !== 'goal' && kind !== 'contract'));
      const old = signalOf('acme', 'contract', { contractId: 'k', status: 'created', startsOn: iso(-400), endsOn: null, arrMinor: 1, currency: 'EUR' }, start, { id: 'old' });
      const state = folded([old, ...told]);
      const sources = aliveAt(asOf);
      let last = Infinity;
      for (let later = 3; later < 220; later += 4) {
        const verdict = look(state, { ...context(asOf + later * dayMs), sources });
        const raw = verdict?.health.rawScore ?? null;
        if (raw === null) return;
        expect(raw).toBeLessThanOrEqual(last);
        last = raw;
      }
    }),
    { numRuns: 100 },
  );
});

it('a measure whose sources fell silent keeps its value and gains no points, whichever sources did, while others live and nothing comes', () => {
  const everything = compileScorecard({ ...shippedDocument('csm-led'), measures: ['csm-led', 'digital', 'onboarding'].flatMap((id) => shippedDocument(id).measures).filter(({ id }, i, all) => all.findIndex((other) => other.id === id) === i) }, 1);
  // Tickets enough for a trend, a first one from before, and most of them solved: those are forgotten after 200 days.
  const queue = fc.array(fc.record({ day: fc.integer({ min: 85, max: 130 }), priority: status('low', 'high'), solvedAfter: fc.option(fc.nat(5)) }), { minLength: 12, maxLength: 40 }).map((tickets) => [{ day: 70, priority: 'low' as const, solvedAfter: 1 }, ...tickets].flatMap(({ day, priority, solvedAfter }, i) => {
    const told = (state: 'opened' | 'solved', at: number) => signalOf('acme', 'ticket', { ticketId: `q${i}`, status: state, priority }, start + at * dayMs, { id: `q${i}-${state}` });
    return [told('opened', day), ...(solvedAfter === null ? [] : [told('solved', Math.min(130, day + solvedAfter))])];
  }));
  const seen = new Set<string>();
  fc.assert(
    fc.property(someSignals, queue, fc.subarray([...signalKinds], { minLength: 1 }), (stories, tickets, silent) => {
      const state = folded([...resolved(stories), ...tickets]);
      const last = new Map<string, { value: number; points: number }>();
      // Up to where goals leave their year.
      for (let later = 3; later < 230; later += 15) {
        const at = asOf + later * dayMs;
        const sources = { ...aliveAt(at, silent), ...Object.fromEntries(silent.map((kind) => [kind, { lastSeenAt: asOf, staleAt: asOf + 2 * dayMs }])) };
        const { measures } = look(state, { ...context(at), scorecard: everything, sources })!.health;
        for (const { definition } of everything.measures) {
          const { id, points, value } = measures.find((one) => one.id === definition.id)!;
          // Milestones leave their window of 180 days.
          if (id === 'milestones_on_time' || !definition.restsOn.every((kind) => silent.includes(kind))) continue;
          const before = last.get(id);
          if (before !== undefined) {
            expect({ id, later, isFound: points !== null }).toEqual({ id, later, isFound: true });
            // Seats and the queue are also held against who uses the product: while that is told, it may lift them.
            if (!['license_utilisation', 'ticket_load'].includes(id) || silent.includes('usage')) expect({ id, later, gained: Math.max(0, points! - before.points) }).toEqual({ id, later, gained: 0 });
            // Goals run by the calendar.
            if (id !== 'goal_attainment' && silent.includes('usage')) expect({ id, later, value }).toEqual({ id, later, value: before.value });
            seen.add(id);
          }
          if (points !== null) last.set(id, { value: value!, points });
        }
      }
    }),
    { numRuns: 150 },
  );
  expect(everything.measures.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual(['milestones_on_time']);
}, 60_000);

it('looks do not change the facts they look at', () => {
  const it = new Scenario().use(0, 100, 5, ['a', 'b']);
  it.meeting(90, 'a');
  const again = new Scenario().use(0, 100, 5, ['a', 'b']);
  again.meeting(90, 'a');
  it.watch(50, 101);
  it.look(101);
  again.look(101);
  expect(it.look(101).health.rawScore).toBe(again.look(101).health.rawScore);
});
