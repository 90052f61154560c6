import { isDeepStrictEqual } from 'node:util';
import type { Signal } from '@perennial/contracts/signal';
import fc from 'fast-check';
import { keyFeatures, resolved, someSignals, start } from '../../../test/random-signals.js';
import { aliveAt, csmLedScorecard, Scenario, shippedDocument } from '../../../test/scenario.js';
import { applySignal } from '../account-health.js';
import { look } from '../look.js';
import { compileScorecard } from '../scorecard/compile-scorecard.js';
import { decodeState, encodeState } from '../state-codec.js';
import type { AccountHealthState } from '../state.js';
import { dayMs, dayOf, startOf, type EpochDay } from '../time/day.js';
import { asKept } from './day-codec.js';
import type { DayFacts } from './day-facts.js';
import { readingPlanOf } from './reading-plan.js';
import { restateDay, restatedDays, type RestatedFacts } from './restate-day.js';
import { happenedAt } from './told-facts.js';

const cards = ['csm-led', 'digital', 'onboarding', 'goals-only'].map((id) => compileScorecard(shippedDocument(id), 1));
const plan = readingPlanOf(cards, 7);
const entries = new Map(plan.entries.map((entry) => [entry.readingKey, entry]));
const reading = { entries, keyFeatures, featureCounts: { countedSince: () => null } };

const copyOf = (state: AccountHealthState): AccountHealthState => ({ ...decodeState(state.accountId, encodeState(state)), contacts: structuredClone(state.contacts) });
const account = (): AccountHealthState => new Scenario().account({}, -40).state;
const tell = (state: AccountHealthState, signals: readonly Signal[]): void => signals.forEach((signal) => applySignal(state, signal, keyFeatures));

/** What the last look of each day knew, at 20:00; signals come so many days after they happened. */
class Watched {
  readonly state = account();
  readonly days = new Map<EpochDay, RestatedFacts>();
  readonly then = new Map<EpochDay, DayFacts>();

  live(day: EpochDay, came: readonly Signal[]): void {
    const late = day === first ? [] : came.filter((signal) => dayOf(happenedAt(signal)) < day);
    const before = copyOf(this.state);
    tell(this.state, came);
    const facts = this.look(day);
    this.then.set(day, facts);
    this.days.set(day, { facts, unknown: new Set() });
    for (let past = day - restatedDays; past < day; past += 1) {
      const known = this.days.get(past);
      const restated = known === undefined ? null : restateDay(past, known, { before, after: this.state, signals: late }, reading);
      if (restated !== null) this.days.set(past, restated);
    }
  }

  private look(day: EpochDay): DayFacts {
    const asOf = startOf(day) + 20 * 3_600_000;
    return asKept(look(this.state, { asOf, cause: 'signal', scorecard: csmLedScorecard, sources: aliveAt(asOf), plan, keyFeatures })!.facts);
  }
}

/** All that happened before is told on the first day. */
const [first, last] = [dayOf(start) + 95, dayOf(start) + 131];

const useUntil = (day: number): Signal[] => resolved(Array.from({ length: day }, (_, n) => ({ kind: 'usage' as const, data: { event: 'e', quantity: 20 + (n % 3) }, personId: ['u', 'v', 'w'][n % 3]!, product: null, at: start + n * dayMs + 3_600_000 })))
  .map((signal) => ({ ...signal, id: `use-${signal.id}` }));

it('a day as known now is what its look would have known had nothing come late, but for what it names; on random days of random histories', () => {
  const [told, restated] = [new Map<string, number>(), new Map<string, number>()];
  const count = (counts: Map<string, number>, id: string): void => void counts.set(id, (counts.get(id) ?? 0) + 1);
  fc.assert(
    fc.property(fc.array(someSignals, { minLength: 10, maxLength: 10 }), fc.array(fc.constantFrom(0, 0, 0, 1, 3, restatedDays), { minLength: 7, maxLength: 7 }), fc.constantFrom(0, 100, 125), (stories, delays, usedUntil) => {
      const signals = [...resolved(stories.flat()), ...useUntil(usedUntil)];
      const [watched, prompt] = [new Watched(), new Watched()];
      const happenedOn = (place: number): EpochDay => Math.max(dayOf(happenedAt(signals[place]!)), first);
      const cameOn = (place: number): EpochDay => happenedOn(place) + (happenedOn(place) === first ? 0 : delays[place % delays.length]!);
      for (let day = first; day <= last; day += 1) {
        watched.live(day, signals.filter((_, place) => cameOn(place) === day));
        prompt.live(day, signals.filter((_, place) => happenedOn(place) === day));
      }
      for (const [day, { facts, unknown }] of watched.days) {
        const truth = prompt.days.get(day)!.facts;
        // What has not come by then is not known now either.
        if (signals.some((signal, place) => cameOn(place) > last && dayOf(happenedAt(signal)) <= day)) continue;
        plan.keys.forEach((key, place) => {
          const id = key.split(' ')[0]!;
          if (unknown.has(id)) return count(told, id);
          if (!isDeepStrictEqual(facts.readings[place], watched.then.get(day)!.readings[place])) count(restated, id);
          expect([day - first, id, facts.readings[place]]).toEqual([day - first, id, truth.readings[place]]);
        });
        const { unreplaced: _, ...caps } = facts.caps;
        if (!unknown.has('caps')) expect(truth.caps).toMatchObject(caps);
      }
    }),
    { numRuns: 25 },
  );
  // The histories do reach what can be read again, and what cannot.
  expect(restated.size).toBeGreaterThan(6);
  expect(told.size).toBeGreaterThan(3);
});
